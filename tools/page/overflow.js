() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const out = [...document.querySelectorAll(".view.shown *, header *, .bar-top *")].filter((each) => {
    if (each.closest("svg") || !each.getClientRects().length || each.closest("details:not([open]) > :not(summary)")) return false;
    const scrolls = each.closest(".scroll, nav");
    const box = each.getBoundingClientRect();
    return !scrolls && box.right > innerWidth + 1;
  });
  const tiles = [...document.querySelectorAll(".view.shown :is(.tile, .zone, .box)")].filter((each) => each.getClientRects().length);
  const hits = [];
  for (let i = 0; i < tiles.length; i++) for (let j = i + 1; j < tiles.length; j++) {
    if (tiles[i].contains(tiles[j]) || tiles[j].contains(tiles[i])) continue;
    const a = tiles[i].getBoundingClientRect(), b = tiles[j].getBoundingClientRect();
    if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) hits.push(tiles[i].textContent.slice(0, 40));
  }
  return {wide, out: out.slice(0, 5).map((each) => each.outerHTML.slice(0, 90)), overlaps: hits.slice(0, 5)};
}
