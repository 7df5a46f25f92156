// Keyboard, sign-in, sign-out and language of the supervisor's pages. No library, no other host.
(() => {
  const rows = () => [...document.querySelectorAll(".gw-row")];
  const typing = (target) => target.closest?.("input:not([type=radio]), textarea, select, [contenteditable]");
  const windowOpen = () => document.querySelector(".gw-dialog") !== null;
  let last = -1;
  let onRow = false;

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.(".gw-row");
    onRow = row !== null && row !== undefined;
    if (onRow) last = rows().indexOf(row);
  });

  // A row that leaves the list takes the focus with it: hand it to the row that moved up.
  new MutationObserver(() => {
    const lost = onRow && document.activeElement === document.body && !windowOpen();
    if (lost && rows().length) rows()[Math.min(last, rows().length - 1)].focus();
  }).observe(document.documentElement, { childList: true, subtree: true });

  function step(by) {
    const all = rows();
    if (!all.length) return;
    const here = all.indexOf(document.activeElement);
    const next = here >= 0 ? here + by : onRow && last >= 0 ? last : 0;
    const row = all[Math.max(0, Math.min(all.length - 1, next))];
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  function act(key) {
    const button = document.querySelector(`[data-hotkey="${key}"]`);
    if (button) return button.click();
    const row = document.activeElement?.closest?.(".gw-row");
    if (row) emitEvent("gw_act", { incident: row.dataset.incident, hotkey: key });
  }

  const keys = {
    j: () => step(1),
    ArrowDown: () => step(1),
    k: () => step(-1),
    ArrowUp: () => step(-1),
    a: () => act("a"),
    c: () => act("c"),
    d: () => act("d"),
    "?": () => document.querySelector('[data-hotkey="?"]')?.click(),
    Escape: () => document.querySelector("a.gw-crumb")?.click(),
  };

  // The way back from an incident leads to the list as it was filtered.
  addEventListener("pagehide", () => {
    if (location.pathname === "/") sessionStorage.setItem("guiwei_list", location.search);
  });

  document.addEventListener("keydown", (event) => {
    const taken = event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey;
    if (taken || typing(event.target) || windowOpen() || !Object.hasOwn(keys, event.key)) return;
    if (event.key.startsWith("Arrow") && !rows().length) return;
    event.preventDefault();
    keys[event.key]();
  });

  document.addEventListener("click", async (event) => {
    if (event.target.closest?.("a.gw-crumb")) {
      event.preventDefault();
      location.assign(`/${sessionStorage.getItem("guiwei_list") ?? ""}`);
    }
    const language = event.target.closest?.("[data-language]");
    if (language) {
      const chosen = language.dataset.language;
      document.cookie = `guiwei_language=${chosen}; path=/; max-age=31536000; samesite=lax`;
      if (document.querySelector("[data-sign-out]")) await send("PUT", "/api/v1/session/language", { language: chosen });
      location.reload();
    }
    const out = event.target.closest?.("[data-sign-out]");
    if (out) {
      await send("DELETE", "/api/v1/session");
      location.assign("/sign-in");
    }
  });

  const send = (method, path, body) =>
    fetch(path, {
      method,
      headers: { "Content-Type": "application/json", "X-Requested-With": "guiwei" },
      body: body && JSON.stringify(body),
    });

  async function signIn(form) {
    const told = form.querySelector('[role="alert"]');
    const button = form.querySelector("button");
    told.textContent = "";
    button.disabled = true;
    try {
      const { name, password } = form.elements;
      const answer = await send("POST", "/api/v1/session", { name: name.value, password: password.value });
      if (answer.ok) return location.assign(form.dataset.next);
      const refused = [400, 401, 422].includes(answer.status) ? form.dataset.refused : form.dataset.unreachable;
      told.textContent = answer.status === 429 ? form.dataset.tooOften : refused;
    } catch {
      told.textContent = form.dataset.unreachable;
    }
    button.disabled = false;
    form.elements.password.value = "";
    form.elements.password.focus();
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches?.("form[data-sign-in]")) return;
    event.preventDefault();
    signIn(event.target);
  });
})();
