import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { useRealtime } from "../../shared/realtime.ts";
import { type Contact, displayName } from "../contacts/contact.ts";
import { inWords, type Notification } from "./notification.ts";

/** Keeps the list true, lets the browser speak up, and gives what has just come for a screen reader to say. */
export function useNotificationEvents(): string {
  const realtime = useRealtime();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [news, setNews] = useState("");
  useEffect(
    () =>
      realtime?.onEvent((event) => {
        if (!event.type.startsWith("notification.")) return;
        void queries.invalidateQueries({ queryKey: ["notifications", "list"] });
        if (event.type !== "notification.created" && event.type !== "notification.updated") return;
        const notification = event.data as Notification;
        if (notification.read_at !== null) return;
        setNews(inWords(notification));
        // All tabs hear of it; the one with the socket speaks for them.
        if (!realtime.leads || !notification.channels.includes("browser")) return;
        const known = queries.getQueryData<Contact>(["contacts", "one", notification.contact_id]);
        showInBrowser(notification, known && displayName(known), navigate);
      }),
    [realtime, queries, navigate],
  );
  return news;
}

/** A later one of the same burst takes the place of the earlier. Names only where the page shows them already. */
function showInBrowser(
  notification: Notification,
  contact: string | undefined,
  navigate: (path: string) => void,
): void {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const options = { tag: notification.id, ...(contact === undefined ? {} : { body: contact }) };
  const shown = new window.Notification(inWords(notification), options);
  shown.onclick = () => {
    window.focus();
    if (notification.contact_id !== null) navigate(`/contacts/${notification.contact_id}`);
    shown.close();
  };
}
