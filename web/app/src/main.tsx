import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createServices } from "./shared/services.ts";
import { App } from "./shell/App.tsx";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/features.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no root");
const services = createServices();
void services.session.restore();
createRoot(root).render(
  <StrictMode>
    <App services={services} />
  </StrictMode>,
);
