import { useState } from "react";

/** Browsers let a page speak up only where somebody has asked for it, so it is asked on a click and never before. */
export function BrowserPermission() {
  const [permission, setPermission] = useState(() =>
    "Notification" in window ? Notification.permission : "denied",
  );
  if (permission === "granted") return null;
  if (permission === "denied") {
    return <p className="hint bell-hint">Your browser does not let this page show notifications.</p>;
  }
  return (
    <p className="bell-hint">
      <button type="button" onClick={() => void Notification.requestPermission().then(setPermission)}>
        Show notifications on this computer
      </button>
    </p>
  );
}
