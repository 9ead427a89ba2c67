import { Link } from "wouter";
import { Bell } from "../features/notifications/Bell.tsx";
import type { Me } from "../features/session/useMe.ts";
import { useServices } from "../shared/services.ts";
import { ConnectionStatus } from "./ConnectionStatus.tsx";

export function TopBar({ me }: { me: Me }) {
  const { session } = useServices();
  return (
    <header className="top-bar">
      <Link href="/contacts" className="brand">
        <img src="/icon.svg" alt="" width="28" height="28" />
        <span>{me.tenant.name}</span>
      </Link>
      <ConnectionStatus />
      <nav className="top-nav" aria-label="Account">
        <Bell />
        <span className="who" title={me.email}>
          {me.name}
        </span>
        <button type="button" className="plain" onClick={() => void session.signOut()}>
          Sign out
        </button>
      </nav>
    </header>
  );
}
