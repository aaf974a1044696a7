// The little menu on a bubble: right click, or a long press on a touch screen.

import { make } from "./dom.js";

const LONG_PRESS = 500;

export const Menu = {
  attach(element, choices) {
    let press = 0;
    const open = (x, y) => show(choices, x, y);
    element.addEventListener("contextmenu", (event) => {
      event.preventDefault();
      clearTimeout(press);
      open(event.clientX, event.clientY);
    });
    element.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "touch") return;
      press = setTimeout(() => open(event.clientX, event.clientY), LONG_PRESS);
    });
    for (const end of ["pointerup", "pointercancel", "pointermove", "pointerleave"]) {
      element.addEventListener(end, () => clearTimeout(press));
    }
  },
};

function show(choices, x, y) {
  document.querySelector(".menu")?.remove();
  const listeners = new AbortController();
  const close = () => {
    listeners.abort();
    menu.remove();
  };
  const buttons = choices.map(([label, act]) => {
    const button = make("button", { type: "button", role: "menuitem", textContent: label });
    button.addEventListener("click", () => {
      close();
      act();
    });
    return button;
  });
  const menu = make("div", { className: "menu", role: "menu" }, ...buttons);
  document.body.append(menu);
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(y, innerHeight - menu.offsetHeight - 8))}px`;
  buttons[0].focus();
  document.addEventListener("pointerdown", (event) => menu.contains(event.target) || close(), { signal: listeners.signal });
  document.addEventListener("keydown", (event) => event.key === "Escape" && close(), { signal: listeners.signal });
  document.addEventListener("scroll", close, { signal: listeners.signal, capture: true });
}
