// The agents' inbox: what must be quicker than the way to the server. Typing, canned replies by "/", files, keys, clocks,
// the place in the thread, notices. What people wrote only ever becomes text, never markup.
(() => {
  const root = () => document.querySelector(".ib");
  const part = (selector) => root()?.querySelector(selector);
  const field = () => part(".ib-text");
  const typing = (el) => el?.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el?.tagName ?? "");
  const emit = (deed, more = {}) => window.emitEvent("inbox", { deed, ...more });
  const make = (tag, classes, text) => {
    const el = document.createElement(tag);
    if (classes) el.className = classes;
    if (text !== undefined) el.textContent = text;
    return el;
  };
  const state = { id: 0, kind: "reply", drafts: {}, files: [], canned: [], people: [], limit: 4096, words: {}, rev: 0,
                  person: 0, reply_to: "", busy: "", timer: 0, typed: 0, enter: true };
  const choice = (name, otherwise) => {
    try { return localStorage.getItem(`trama-inbox:${name}`) ?? otherwise; } catch { return otherwise; }
  };
  const keepChoice = (name, value) => { try { localStorage.setItem(`trama-inbox:${name}`, value); } catch { /* private */ } };

  // --- drafts: kept here at once and on the server 400 ms after typing; of the two the later one is shown again
  const place = (id, kind) => `trama-draft:${state.person}:${id}:${kind}`;
  const keepHere = (id, kind, draft) => {
    try { localStorage.setItem(place(id, kind), JSON.stringify(draft)); } catch { /* full or private */ }
  };
  const here = (id, kind) => {
    try { return JSON.parse(localStorage.getItem(place(id, kind)) || "null"); } catch { return null; }
  };
  const save = () => {
    clearTimeout(state.timer);
    state.timer = 0;
    const draft = state.drafts[state.kind];
    if (!draft || !state.id || draft.rev === draft.saved) return;
    draft.saved = draft.rev;
    emit("draft", { id: state.id, kind: state.kind, text: draft.text, reply_to: draft.reply_to, rev: draft.rev });
  };
  const typed = () => {
    const draft = { ...(state.drafts[state.kind] || {}), text: field().value, reply_to: state.reply_to, rev: Date.now() };
    state.drafts[state.kind] = draft;
    keepHere(state.id, state.kind, draft);
    count();
    clearTimeout(state.timer);
    state.timer = setTimeout(save, 400);
    if (state.kind === "reply" && draft.text && Date.now() - state.typed > 10000) {
      state.typed = Date.now();
      emit("typing", { id: state.id });
    }
    suggest();
  };
  const count = () => {
    const el = field(), out = part(".ib-count");
    if (!el || !out) return;
    const size = [...el.value].length, limit = state.kind === "note" ? 10000 : state.limit;
    out.textContent = size ? `${size} / ${limit}` : "";
    out.classList.toggle("over", size > limit);
    el.style.height = "auto";
    el.style.height = `${Math.min(el.scrollHeight, 260)}px`;
    part(".ib-draft")?.classList.toggle("gone", !el.value);
  };
  const show = (kind) => {
    state.kind = kind;
    const el = field();
    if (!el) return;
    const draft = state.drafts[kind] || { text: "", reply_to: "" };
    el.value = draft.text;
    el.placeholder = kind === "note" ? state.words.note : state.words.reply;
    el.setAttribute("aria-label", el.placeholder);
    part(".ib-composer").dataset.kind = kind;
    for (const tab of root().querySelectorAll(".ib-kind")) tab.setAttribute("aria-pressed", String(tab.dataset.kind === kind));
    quote(draft.reply_to || "", draft.quoted || "");
    count();
    hide();
  };
  const quote = (external, text) => {
    state.reply_to = external;
    const box = part(".ib-replying");
    if (!box) return;
    box.classList.toggle("gone", !external);
    box.querySelector(".ib-replying-text").textContent = text;
    const draft = state.drafts[state.kind];
    if (draft) { draft.reply_to = external; draft.quoted = text; }
  };

  // --- sending: what is typed goes away when the server has it, not before
  const send = () => {
    const el = field();
    const text = el?.value ?? "";
    if (state.kind === "reply" && part(".ib-composer")?.dataset.locked) return;
    if (!el || state.busy || !state.id || (!text.trim() && !state.files.length)) return;
    if (!window.socket?.connected) return void lost(true);
    if (state.files.some((f) => !f.name)) return;
    clearTimeout(state.timer);
    state.busy = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    part(".ib-composer").dataset.busy = "yes";
    emit("send", {
      id: state.id, kind: state.kind, text, reply_to: state.reply_to, key: state.busy,
      files: state.kind === "reply" ? state.files.map((f) => ({ name: f.name, filename: f.filename })) : [],
    });
  };
  const settled = (key, ok, id, kind) => {
    if (ok) {
      const empty = { text: "", reply_to: "", rev: Date.now(), saved: Date.now() };
      keepHere(id, kind, empty);
      if (id === state.id) {
        state.drafts[kind] = empty;
        if (kind === "reply") { state.files = []; files(); }
        if (kind === state.kind) show(kind);
      }
    }
    if (key !== state.busy) return;
    state.busy = "";
    const box = part(".ib-composer");
    if (box) box.dataset.busy = "";
    if (id === state.id) field()?.focus();
  };

  // --- files
  const files = () => {
    const list = part(".ib-files");
    if (!list) return;
    list.replaceChildren(...state.files.map((file) => {
      const chip = make("div", "ib-file" + (file.failed ? " failed" : ""));
      if (file.preview) { const img = make("img"); img.src = file.preview; img.alt = ""; chip.append(img); }
      chip.append(make("span", "ib-file-name", file.filename));
      if (!file.name && !file.failed) {
        const bar = make("progress"); bar.max = 100; bar.value = file.done || 0;
        bar.setAttribute("aria-label", state.words.uploading); chip.append(bar);
      }
      const drop = make("button", "ib-file-drop", "×");
      drop.type = "button";
      drop.setAttribute("aria-label", `${state.words.remove} ${file.filename}`);
      drop.onclick = () => { state.files = state.files.filter((f) => f !== file); files(); };
      chip.append(drop);
      return chip;
    }));
  };
  const upload = (picked) => {
    if (part(".ib-composer")?.dataset.locked) return;
    for (const one of [...picked].slice(0, 10 - state.files.length)) {
      const file = { filename: one.name || "imagem.png", done: 0, id: state.id };
      if (one.type.startsWith("image/")) file.preview = URL.createObjectURL(one);
      state.files.push(file);
      const request = new XMLHttpRequest();
      request.open("POST", `/api/v1/conversations/${state.id}/files`);
      request.setRequestHeader("X-Filename", encodeURIComponent(file.filename));
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.upload.onprogress = (event) => { file.done = (100 * event.loaded) / event.total; files(); };
      request.onload = () => {
        let answer = {};
        try { answer = JSON.parse(request.responseText); } catch { /* said below */ }
        if (request.status === 201) file.name = answer.name;
        else { file.failed = true; emit("refused", { code: answer.code || "media:failed" }); state.files = state.files.filter((f) => f !== file); }
        files();
      };
      request.onerror = () => { state.files = state.files.filter((f) => f !== file); files(); emit("refused", { code: "media:failed" }); };
      request.send(one);
    }
    files();
  };

  // --- "/" offers canned replies, "@" colleagues in a note
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const offer = { rows: [], at: 0, kind: "", start: 0 };
  const hide = () => {
    offer.rows = [];
    const box = part(".ib-offer");
    box?.classList.add("gone");
    field()?.removeAttribute("aria-activedescendant");
  };
  const suggest = () => {
    const el = field(), box = part(".ib-offer");
    if (!el || !box) return;
    const before = el.value.slice(0, el.selectionStart);
    const found = state.kind === "reply" ? before.match(/(?:^|\s)\/([\p{L}\p{N}._-]{0,40})$/u) : before.match(/(?:^|[\s(])@([\p{L}\p{N}. ]{0,40})$/u);
    if (!found) return hide();
    const words = fold(found[1]);
    offer.kind = state.kind === "reply" ? "canned" : "people";
    offer.start = before.length - found[1].length - 1;
    const rank = (c) => (fold(c.shortcut).startsWith(words) ? 0 : fold(c.shortcut).includes(words) ? 1 : 2);
    offer.rows = offer.kind === "canned"
      ? state.canned.filter((c) => fold(`${c.shortcut} ${c.title} ${c.text}`).includes(words)).sort((a, b) => rank(a) - rank(b) || b.used - a.used).slice(0, 8)
      : state.people.filter((p) => fold(p.name).includes(words)).slice(0, 8);
    if (!offer.rows.length) return hide();
    offer.at = 0;
    box.replaceChildren(...offer.rows.map((row, n) => {
      const line = make("div", "ib-offer-row");
      line.id = `ib-offer-${n}`;
      line.setAttribute("role", "option");
      if (offer.kind === "canned") line.append(make("b", "", `/${row.shortcut}`), make("span", "", row.title || row.text));
      else line.append(make("b", "", `@${row.name}`));
      line.onmousedown = (event) => { event.preventDefault(); pick(n); };
      return line;
    }));
    box.classList.remove("gone");
    point();
  };
  const point = () => {
    [...part(".ib-offer").children].forEach((line, n) => {
      line.setAttribute("aria-selected", String(n === offer.at));
      if (n === offer.at) { line.scrollIntoView({ block: "nearest" }); field().setAttribute("aria-activedescendant", line.id); }
    });
  };
  const pick = (n) => {
    const row = offer.rows[n], el = field();
    if (!row) return;
    if (offer.kind === "people") insert(`@${row.name} `);
    else {
      offer.pending = { id: state.id, start: offer.start, end: el.selectionStart };
      emit("canned", { id: state.id, canned: row.id });
    }
    hide();
  };
  const insert = (text) => {
    const el = field();
    el.setRangeText(text, offer.start, el.selectionStart, "end");
    typed();
    el.focus();
  };
  const canned = (id, text) => {
    const el = field(), where = offer.pending;
    if (!el || id !== state.id || !where) return;
    el.setRangeText(text, where.start, where.end, "end");
    offer.pending = null;
    typed();
    hide();
    el.focus();
  };

  // --- emoji
  const emoji = (button) => {
    const box = part(".ib-emoji");
    if (!box.classList.toggle("gone")) {
      if (!box.children.length) {
        for (const group of state.emoji || []) {
          box.append(make("div", "ib-emoji-name", group.name));
          const row = make("div", "ib-emoji-row");
          for (const [sign, words] of group.items) {
            const one = make("button", "", sign);
            one.type = "button"; one.title = words; one.setAttribute("aria-label", words);
            one.onclick = () => { const el = field(); el.setRangeText(sign, el.selectionStart, el.selectionEnd, "end"); typed(); el.focus(); };
            row.append(one);
          }
          box.append(row);
        }
      }
      box.querySelector("button")?.focus();
    } else button?.focus();
  };

  // --- the thread: stay at the end, or where one reads; older ones come when one nears the beginning
  const scroll = () => part(".ib-scroll");
  const away = () => { const el = scroll(); return el ? Math.abs(el.scrollTop) : 0; };
  let older = 0;
  const scrolled = () => {
    const el = scroll();
    if (!el) return;
    part(".ib-newest")?.classList.toggle("gone", away() < 240);
    if (away() < 40) part(".ib-newest")?.classList.remove("fresh");
    if (el.scrollHeight - el.clientHeight - away() < 300 && Date.now() - older > 700 && el.dataset.more) {
      older = Date.now();
      emit("older", { id: state.id });
    }
  };
  const newest = () => { scroll()?.scrollTo({ top: 0 }); };
  const fresh = () => { if (away() > 40) part(".ib-newest")?.classList.add("fresh"); };

  // --- clocks: seconds to a promise; a clock that stands shows what is left
  const span = (seconds) => {
    const s = Math.abs(seconds), minutes = Math.floor(s / 60), hours = Math.floor(minutes / 60), days = Math.floor(hours / 24);
    if (days) return `${days} d ${hours % 24} h`;
    if (hours) return `${hours} h ${String(minutes % 60).padStart(2, "0")}`;
    if (minutes >= 5) return `${minutes} min`;
    return `${minutes}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
  };
  const clocks = () => {
    const now = Date.now() / 1000 + (state.ahead || Number(document.querySelector("[data-ahead]")?.dataset.ahead || 0));
    for (const el of document.querySelectorAll("[data-due]")) {
      const left = el.dataset.left ? Number(el.dataset.left) : Number(el.dataset.due) - now;
      const text = (left < 0 ? "−" : "") + span(left), out = el.querySelector(".ib-clock-text") || el;
      if (out.textContent !== text) out.textContent = text;
      const tone = el.dataset.left ? "held" : left < 0 ? "late" : left < Number(el.dataset.warn || 300) ? "warn" : "calm";
      if (el.dataset.tone !== tone) el.dataset.tone = tone;
    }
    for (const el of document.querySelectorAll("[data-ago]")) {
      const text = span(Math.max(0, now - Number(el.dataset.ago)));
      if (el.textContent !== text) el.textContent = text;
    }
  };
  setInterval(clocks, 1000);

  // --- notices, by choice
  let title = "";
  const unread = (n) => {
    title ||= document.title.replace(/^\(\d+\+?\) /, "");
    document.title = n ? `(${n}) ${title}` : title;
  };
  const beep = () => {
    try {
      const audio = new AudioContext(), tone = audio.createOscillator(), volume = audio.createGain();
      tone.frequency.value = 880;
      volume.gain.setValueAtTime(0.08, audio.currentTime);
      volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.25);
      tone.connect(volume).connect(audio.destination);
      tone.start();
      tone.stop(audio.currentTime + 0.25);
      tone.onended = () => audio.close();
    } catch { /* no sound here */ }
  };
  const notify = (heading, body, id) => {
    if (document.hasFocus() && id === state.id) return;
    if (choice("sound", "") === "yes") beep();
    if (choice("notices", "") !== "yes" || !("Notification" in window) || Notification.permission !== "granted" || document.hasFocus()) return;
    const note = new Notification(heading, { body, tag: `trama-${id}` });
    note.onclick = () => { window.focus(); emit("open", { id }); note.close(); };
  };
  const choose = async (name, on) => {
    if (name === "notices" && on && "Notification" in window && Notification.permission === "default") await Notification.requestPermission();
    const granted = name !== "notices" || !on || ("Notification" in window && Notification.permission === "granted");
    keepChoice(name, on && granted ? "yes" : "");
    if (name === "enter") state.enter = !on;
    if (name === "sound" && on) beep();
    if (!granted) emit("refused", { code: "notices:denied" });
    choices();
  };
  const choices = () => {
    for (const el of document.querySelectorAll("[data-choice]")) el.setAttribute("aria-checked", String(choice(el.dataset.choice, "") === "yes"));
  };

  // --- a lost connection is said; what is typed stays in this browser until it is back
  const lost = (is) => { part(".ib-lost")?.classList.toggle("gone", !is); };
  const watch = () => {
    if (!window.socket) return void setTimeout(watch, 200);
    window.socket.on("disconnect", () => lost(true));
    window.socket.on("connect", () => {
      lost(false);
      if (!state.busy) return;
      // whether it arrived is not known: the thread says so, and the text stays
      state.busy = "";
      const box = part(".ib-composer");
      if (box) box.dataset.busy = "";
      setTimeout(() => emit("again", { id: state.id }), 500);
    });
  };
  window.addEventListener("offline", () => lost(true));
  window.addEventListener("online", () => lost(!window.socket?.connected));
  watch();
  window.addEventListener("beforeunload", () => { if (state.timer) save(); });
  window.addEventListener("pagehide", () => { if (state.timer) save(); });

  // --- keys
  let leader = 0;
  const rows = () => [...document.querySelectorAll(".ib-rows .ib-row")];
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    let from = all.findIndex((row) => row === document.activeElement);
    if (from < 0) from = all.findIndex((row) => row.dataset.id === state.at);
    if (from < 0) from = all.findIndex((row) => row.getAttribute("aria-current"));
    const next = all[Math.max(0, Math.min(all.length - 1, from + by))];
    state.at = next.dataset.id;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  // A line that moves up in the list loses the focus: it is given back, unless it went somewhere else meanwhile.
  let held = "", watched = null;
  const giveBack = new MutationObserver(() => {
    if (held && document.activeElement === document.body) {
      rows().find((row) => row.dataset.id === held)?.focus({ preventScroll: true });
    }
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.(".ib-row");
    held = row?.dataset.id ?? "";
    if (row && row.parentElement !== watched) {
      watched = row.parentElement;
      giveBack.disconnect();
      giveBack.observe(watched, { childList: true });
    }
  });
  document.addEventListener("pointerdown", () => { held = ""; });
  window.addEventListener("keydown", (event) => {
    if (!root() || event.defaultPrevented || document.querySelector(".q-dialog")) return;
    const key = event.key, ctrl = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (event.target === field()) return inField(event);
    if (ctrl && key.toLowerCase() === "k") { event.preventDefault(); return void emit("key", { key: "palette" }); }
    if (key === "Escape" && event.target.closest?.(".ib-emoji")) { part(".ib-emoji").classList.add("gone"); return void field()?.focus(); }
    if (typing(event.target) || ctrl || event.altKey) return;
    if (leader && Date.now() - leader < 1500) {
      leader = 0;
      const goal = { n: "next", m: "mine", w: "queue", a: "all", b: "bot", s: "snoozed", c: "closed" }[key];
      if (goal) { event.preventDefault(); emit("key", { key: `go-${goal}` }); }
      return;
    }
    const deeds = { r: "reply", n: "note", c: "close", t: "transfer", s: "snooze", "?": "help", p: "panel", e: "take" };
    if (key === "j" || key === "k") { event.preventDefault(); step(key === "j" ? 1 : -1); }
    else if (key === "g") leader = Date.now();
    else if (key === "/") { event.preventDefault(); part(".ib-search input")?.focus(); }
    else if (key === "u" || key === "Escape") back();
    else if ((key === "r" || key === "n") && field()) { event.preventDefault(); save(); show(key === "r" ? "reply" : "note"); field().focus(); }
    else if (deeds[key]) { event.preventDefault(); emit("key", { key: deeds[key], id: state.id }); }
  });
  const inField = (event) => {
    if (event.isComposing) return;
    if (offer.rows.length) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        offer.at = (offer.at + (event.key === "ArrowDown" ? 1 : -1) + offer.rows.length) % offer.rows.length;
        return point();
      }
      if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); return pick(offer.at); }
      if (event.key === "Escape") { event.preventDefault(); return hide(); }
    }
    const ctrl = event.ctrlKey || event.metaKey;
    if (event.key === "Enter" && (ctrl || (!event.shiftKey && state.enter && matchMedia("(pointer: fine)").matches))) { event.preventDefault(); send(); }
    else if (event.key === "Escape") { event.preventDefault(); field().blur(); rows().find((row) => row.getAttribute("aria-current"))?.focus(); }
    else if (ctrl && event.key.toLowerCase() === "k") { event.preventDefault(); emit("key", { key: "palette" }); }
  };

  // --- one thing at a time on a phone
  const pane = (name) => { if (root()) root().dataset.pane = name; };
  const back = () => {
    if (root()?.dataset.pane === "panel") return pane("thread");
    pane("list");
    rows().find((row) => row.getAttribute("aria-current"))?.focus();
  };

  // --- clicks and other things that bubble up to the page
  document.addEventListener("click", (event) => {
    if (!root()) return;
    const row = event.target.closest?.(".ib-row");
    if (row && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      return open(Number(row.dataset.id), Number(row.dataset.message || 0));
    }
    const deed = event.target.closest?.("[data-deed]");
    if (deed && root().contains(deed)) {
      const name = deed.dataset.deed;
      if (name === "send") send();
      else if (name === "emoji") emoji(deed);
      else if (name === "attach") part(".ib-pick").click();
      else if (name === "newest") newest();
      else if (name === "back") back();
      else if (name === "panel") pane(root().dataset.pane === "panel" ? "thread" : "panel");
      else if (name === "unquote") { quote("", ""); typed(); }
      else if (name === "quote") { if (state.kind !== "reply") show("reply"); quote(deed.dataset.external, deed.dataset.text || ""); typed(); field()?.focus(); }
      else if (name === "kind") { save(); show(deed.dataset.kind); field().focus(); }
      else if (name === "jump") document.querySelector(`.ib [data-message="${Number(deed.dataset.to)}"]`)?.scrollIntoView({ block: "center" });
    }
    const switched = event.target.closest?.("[data-choice]");
    if (switched) choose(switched.dataset.choice, choice(switched.dataset.choice, "") !== "yes");
    if (!event.target.closest?.(".ib-emoji, [data-deed=emoji]")) part(".ib-emoji")?.classList.add("gone");
  });
  document.addEventListener("input", (event) => { if (event.target === field()) typed(); });
  document.addEventListener("change", (event) => {
    if (event.target.matches?.(".ib-pick")) { upload(event.target.files); event.target.value = ""; }
  });
  document.addEventListener("paste", (event) => {
    if (root() && event.target === field() && event.clipboardData?.files.length) { event.preventDefault(); upload(event.clipboardData.files); }
  });
  document.addEventListener("dragover", (event) => {
    if (event.target.closest?.(".ib-thread") && event.dataTransfer?.types.includes("Files")) { event.preventDefault(); part(".ib-thread").classList.add("dropping"); }
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget?.closest?.(".ib-thread")) part(".ib-thread")?.classList.remove("dropping"); });
  document.addEventListener("drop", (event) => {
    if (!event.target.closest?.(".ib-thread") || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    part(".ib-thread").classList.remove("dropping");
    if (state.id) upload(event.dataTransfer.files);
  });
  document.addEventListener("scroll", (event) => { if (event.target === scroll()) scrolled(); }, true);

  const open = (id, message = 0) => {
    if (state.timer) save();
    if (id !== state.id) {
      state.id = 0;
      if (field()) { field().value = ""; field().disabled = true; }
    }
    state.at = String(id);
    for (const row of rows()) if (Number(row.dataset.id) === id) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current");
    pane("thread");
    history.pushState({ inbox: id }, "", `/inbox/${id}`);
    emit("open", { id, message });
  };
  window.addEventListener("popstate", () => {
    if (!root()) return;
    const id = Number(location.pathname.split("/")[2] || 0);
    if (id) emit("open", { id }); else { pane("list"); emit("open", { id: 0 }); }
  });
  window.addEventListener("focus", () => { if (root() && state.id) emit("seen", { id: state.id }); });

  // what the server says
  window.tramaInbox = {
    begin: (given) => { Object.assign(state, given); state.enter = choice("enter", "") !== "yes"; choices(); clocks(); if (given.pane) pane(given.pane); },
    load: (id, drafts, limit) => {
      state.id = id; state.limit = limit; state.files = []; state.drafts = {}; state.busy = "";
      for (const kind of ["reply", "note"]) {
        const there = drafts[kind], local = here(id, kind);
        if (local && (!there || local.rev > there.rev)) { state.drafts[kind] = { ...local, saved: 0 }; }
        else if (there) state.drafts[kind] = { ...there, saved: there.rev };
      }
      const el = field();
      if (el) el.disabled = false;
      show(state.drafts.note?.text && !state.drafts.reply?.text ? "note" : "reply");
      files();
      state.timer = 0;
      if (state.drafts[state.kind]?.rev !== state.drafts[state.kind]?.saved) state.timer = setTimeout(save, 400);
      requestAnimationFrame(() => { newest(); clocks(); });
      if (matchMedia("(pointer: fine)").matches && document.activeElement === document.body) el?.focus({ preventScroll: true });
    },
    settled, canned, fresh, choices,
    insert: (id, text) => { const el = field(); if (!el || id !== state.id) return; if (state.kind !== "reply") show("reply"); el.setRangeText(text, el.selectionStart, el.selectionEnd, "end"); typed(); hide(); setTimeout(() => el.focus(), 50); }, newest, unread, notify, clocks, pane, lost,
    offers: (canned, people) => { state.canned = canned; state.people = people; },
    current: (id) => { for (const row of rows()) if (Number(row.dataset.id) === id) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current"); },
    show: (kind) => { save(); show(kind); field()?.focus(); },
    to: (message) => { document.querySelector(`.ib [data-message="${message}"]`)?.scrollIntoView({ block: "center" }); },
    go: (id) => open(id),
  };
})();
