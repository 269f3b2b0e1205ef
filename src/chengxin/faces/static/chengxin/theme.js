/* Runs before the first paint, so that a chosen light or dark never flashes. */
(function () {
  "use strict";
  var root = document.documentElement;
  var chosen = null;
  try { chosen = localStorage.getItem("theme"); } catch (refused) { chosen = null; }
  if (chosen) root.setAttribute("data-theme", chosen);
  var dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.setAttribute("data-bs-theme", dark ? "dark" : "light");
})();
