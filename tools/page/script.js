"use strict";
(() => {
  const root = document.documentElement;
  const views = [...document.querySelectorAll(".view")];
  const links = [...document.querySelectorAll("nav a")];
  const who = document.getElementById("who");
  const filter = document.getElementById("filter");
  const count = document.getElementById("count");
  const places = [...document.querySelectorAll("details.place")];
  root.classList.add("js");

  function narrow() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const view = document.querySelector(".view.shown");
    let shown = 0;
    for (const row of view.querySelectorAll(".row, details.place")) {
      const text = row.textContent.toLowerCase();
      const hit = words.every((word) => text.includes(word));
      row.classList.toggle("hidden", !hit);
      shown += hit ? 1 : 0;
    }
    if (who.value && view.contains(who)) {
      for (const place of places) if (place.id !== who.value) place.classList.add("hidden");
    }
    count.textContent = words.length ? `${shown} ${shown === 1 ? "row" : "rows"}` : "";
  }

  function choose(id) {
    who.value = id;
    for (const place of places) place.open = place.id === id;
    narrow();
  }

  function show() {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    const view = (target && target.closest(".view")) || views[0];
    for (const each of views) each.classList.toggle("shown", each === view);
    for (const link of links) {
      const isCurrent = link.hash === `#${view.id}`;
      if (isCurrent) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
      // On a narrow screen the bar scrolls by itself.
      if (isCurrent) link.parentElement.scrollLeft = link.offsetLeft - link.parentElement.offsetLeft - 40;
    }
    if (target && target.classList.contains("place")) choose(id);
    else narrow();
    if (target && target.matches("details")) target.open = true;
    if (target && target !== view) target.scrollIntoView();
    else scrollTo(0, 0);
  }

  for (const box of document.querySelectorAll("[data-box]")) {
    const lines = document.querySelectorAll(`[data-from="${box.dataset.box}"], [data-to="${box.dataset.box}"]`);
    const light = (on) => lines.forEach((line) => line.classList.toggle("lit", on));
    for (const name of ["pointerenter", "focus"]) box.addEventListener(name, () => light(true));
    for (const name of ["pointerleave", "blur"]) box.addEventListener(name, () => light(false));
  }
  who.addEventListener("change", () => choose(who.value));
  filter.addEventListener("input", narrow);
  addEventListener("hashchange", show);
  addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, select");
    if (event.key === "/" && !typing) {
      event.preventDefault();
      filter.focus();
    } else if (event.key === "Escape" && event.target === filter) {
      filter.value = "";
      narrow();
    } else if (!typing && (event.key === "ArrowRight" || event.key === "ArrowLeft") && event.target.closest("nav")) {
      const next = links.indexOf(event.target) + (event.key === "ArrowRight" ? 1 : -1);
      if (links[next]) links[next].focus();
    }
  });
  addEventListener("beforeprint", () => {
    for (const each of document.querySelectorAll("details")) {
      each.dataset.was = each.open ? "1" : "";
      each.open = true;
    }
  });
  addEventListener("afterprint", () => {
    for (const each of document.querySelectorAll("details")) each.open = each.dataset.was === "1";
  });
  show();
})();
