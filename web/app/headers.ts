/**
 * The headers that every answer of the page's origin carries. `socketUrl` is the address of the socket, whose origin is
 * another one: sockets know no cross-origin rules, so it is the page that says where it may connect.
 */
export function headers(socketUrl: string): Record<string, string> {
  const socket = socketUrl === "" ? "" : ` ${new URL(socketUrl).origin}`;
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self'${socket}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ];
  return {
    "Content-Security-Policy": policy.join("; "),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  };
}
