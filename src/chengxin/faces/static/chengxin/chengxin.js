/* What the pages do beyond links and forms: copy by one tap, keys, light and dark, uploads, charts to explore.
   Everything works without this file except the copying. No inline code and no eval, as the policy says. */
(function () {
  "use strict";
  var script = document.currentScript;
  var said = function () { return document.getElementById("said"); };
  var closest = function (event, selector) {
    return event.target instanceof Element ? event.target.closest(selector) : null;
  };

  /* copy by one tap; on plain http the old way, because the new one is only for https */
  function copied(button) {
    button.classList.add("is-copied");
    said().textContent = said().dataset.copied;
    setTimeout(function () { button.classList.remove("is-copied"); said().textContent = ""; }, 1500);
  }
  function copyTheOldWay(text) {
    var field = document.createElement("textarea");
    field.value = text;
    field.setAttribute("readonly", "");
    field.className = "visually-hidden";
    document.body.appendChild(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  function copy(button) {
    var text = button.dataset.copy;
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).then(function () { copied(button); }, function () {
        copyTheOldWay(text);
        copied(button);
      });
    } else {
      copyTheOldWay(text);
      copied(button);
    }
  }

  /* light and dark */
  function switchTheme() {
    var root = document.documentElement;
    var next = root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
    root.setAttribute("data-theme", next);
    root.setAttribute("data-bs-theme", next);
    try { localStorage.setItem("theme", next); } catch (refused) { return; }
  }

  /* the rail on a narrow screen */
  function switchRail(button) {
    var open = document.getElementById("rail").classList.toggle("is-open");
    button.setAttribute("aria-expanded", String(open));
  }

  /* keys: / search, j k rows, Enter open, ? help */
  function typing(target) {
    return target instanceof HTMLElement && (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable);
  }
  function step(by) {
    var rows = Array.prototype.slice.call(document.querySelectorAll("[data-row]"));
    if (!rows.length) return;
    var here = rows.findIndex(function (row) { return row.classList.contains("is-here"); });
    var next = here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, here + by));
    if (here >= 0) rows[here].classList.remove("is-here");
    rows[next].classList.add("is-here");
    rows[next].scrollIntoView({ block: "nearest" });
    var link = rows[next].querySelector("a");
    if (link) link.focus({ preventScroll: true });
  }
  function help() {
    var dialog = document.getElementById("keys");
    if (dialog && !dialog.open) dialog.showModal();
  }
  document.addEventListener("keydown", function (event) {
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      var field = document.querySelector("[data-key-search]");
      if (field) { event.preventDefault(); field.focus(); field.select(); }
    } else if (event.key === "j") { step(1); } else if (event.key === "k") { step(-1); } else if (event.key === "?") { help(); }
  });

  document.addEventListener("click", function (event) {
    var found;
    if ((found = closest(event, "[data-copy]"))) copy(found);
    else if (closest(event, "[data-theme-switch]")) switchTheme();
    else if ((found = closest(event, "[data-rail-switch]"))) switchRail(found);
    else if (closest(event, "[data-keys]")) help();
    else if ((found = closest(event, "[data-keys-close]"))) found.closest("dialog").close();
    else if (closest(event, "[data-print]")) window.print();
    else if ((found = closest(event, "[data-explore]"))) explore(found);
    document.querySelectorAll("details.who[open]").forEach(function (open) {
      if (!open.contains(event.target)) open.removeAttribute("open");
    });
  });

  /* an upload shows how much has left this machine; the page that answers shows the rest */
  document.addEventListener("htmx:xhr:progress", function (event) {
    var bar = event.target.querySelector ? event.target.querySelector("progress[data-upload]") : null;
    if (bar && event.detail.lengthComputable) {
      bar.hidden = false;
      bar.value = 100 * event.detail.loaded / event.detail.total;
    }
  });
  document.addEventListener("dragover", function (event) {
    var room = closest(event, ".drop-room");
    if (room) { event.preventDefault(); room.classList.add("is-over"); }
  });
  document.addEventListener("dragleave", function (event) {
    var room = closest(event, ".drop-room");
    if (room) room.classList.remove("is-over");
  });
  document.addEventListener("drop", function (event) {
    var room = closest(event, ".drop-room");
    if (!room) return;
    event.preventDefault();
    room.classList.remove("is-over");
    room.querySelector("input[type=file]").files = event.dataTransfer.files;
  });

  /* an error from the door is shown, not swallowed */
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.xhr.status >= 400) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });

  /* charts to explore: ECharts is fetched only now */
  function colour(name) {
    var token = { action: "--teal", gold: "--gold", neutral: "--slate", brick: "--brick" }[name] || "--grade-" + name;
    return getComputedStyle(document.documentElement).getPropertyValue(token).trim();
  }
  function draw(button) {
    var data = JSON.parse(document.getElementById(button.dataset.explore).textContent);
    var canvas = button.closest("figure").querySelector(".chart-canvas");
    canvas.textContent = "";
    canvas.classList.add("chart-room");
    var ink = getComputedStyle(document.body).color;
    window.echarts.init(canvas, null, { renderer: "canvas" }).setOption({
      textStyle: { color: ink, fontFamily: getComputedStyle(document.body).fontFamily },
      aria: { enabled: true, decal: { show: true } },
      tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" } },
      legend: { textStyle: { color: ink } },
      grid: { left: 8, right: 8, bottom: 40, top: 40, containLabel: true },
      dataZoom: data.labels.length > 12 ? [{ type: "slider", height: 18, bottom: 8 }] : [],
      xAxis: { type: "category", data: data.labels, axisLabel: { color: ink } },
      yAxis: { type: "value", axisLabel: { color: ink } },
      series: data.series.map(function (one) {
        return {
          name: one.name, type: data.kind === "line" ? "line" : "bar", data: one.values,
          stack: data.kind === "stacked" ? "all" : undefined, itemStyle: { color: colour(one.fill) }, barMaxWidth: 48
        };
      })
    });
    button.parentElement.remove();
  }
  function explore(button) {
    if (window.echarts) { draw(button); return; }
    var fetched = document.createElement("script");
    fetched.src = script.dataset.echarts;
    fetched.onload = function () { draw(button); };
    document.head.appendChild(fetched);
  }

  /* the error summary takes the focus, so that it is read first */
  function focusSummary(root) {
    var summary = root.querySelector("[data-focus]");
    if (summary) summary.focus();
  }
  focusSummary(document);
  document.addEventListener("htmx:afterSwap", function (event) { focusSummary(event.target); });
})();
