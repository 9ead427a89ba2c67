import react from "@vitejs/plugin-react";
import { defineConfig, type ProxyOptions } from "vite";
import { headers } from "./headers.ts";

/** Where the API is: ends before `/v1`. Set by what serves the page. */
const apiUrl = process.env.SEP_API_URL ?? "";
/** The origin of the sockets, which the page may connect to. */
const socketUrl = process.env.SEP_SOCKET_URL ?? "";

const proxy: Record<string, ProxyOptions> =
  apiUrl === ""
    ? {}
    : {
        "/v1": {
          target: new URL(apiUrl).origin,
          // The gateway routes by path; a Host of its own would be that of another API.
          changeOrigin: true,
          rewrite: (path) => new URL(apiUrl).pathname.replace(/\/$/, "") + path,
        },
      };

export default defineConfig({
  plugins: [react()],
  build: { target: "es2023", sourcemap: true },
  server: { proxy },
  preview: { proxy, headers: headers(socketUrl) },
});
