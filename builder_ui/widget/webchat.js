// The webchat widget: one script tag, no dependencies, its own styles in a shadow root.
//
//   <script src="https://…/webchat/3/widget.js" async></script>
//   optional: data-lang="en" data-name="Ana" data-open
//
// Nothing is lost: what the visitor writes stays in localStorage until the server says "stored", and is sent again
// after every reconnection under the same id, which the server takes once. What was missed is asked for by the number
// of the last bubble seen. Text from people is only ever set as textContent.
(() => {
  "use strict";

  const script = document.currentScript;
  const address = new URL(script.src);
  const channel = address.pathname.match(/\/webchat\/(\d+)\//)[1];
  const socketUrl = `${address.protocol === "https:" ? "wss" : "ws"}://${address.host}/ws/webchat/${channel}`;
  const name = script.dataset.name || "";

  const TEXTS = {
    "pt-BR": {
      open: "Abrir conversa",
      close: "Fechar conversa",
      title: "Atendimento",
      log: "Mensagens",
      write: "Escreva uma mensagem",
      send: "Enviar",
      offline: "Sem conexão. Suas mensagens serão enviadas quando ela voltar.",
      refused: "Não foi possível enviar esta mensagem.",
      sending: "enviando",
      me: "Você disse:",
      bot: "Assistente disse:",
      person: "Atendente disse:",
      copy: "Copiar código Pix",
      copied: "Código copiado",
      qr: "QR Code do Pix",
      typing: "digitando",
      unread: "não lidas:",
      blocked: "Este atendimento não está disponível nesta página.",
    },
    en: {
      open: "Open chat",
      close: "Close chat",
      title: "Support",
      log: "Messages",
      write: "Write a message",
      send: "Send",
      offline: "No connection. Your messages will be sent when it is back.",
      refused: "This message could not be sent.",
      sending: "sending",
      me: "You said:",
      bot: "Assistant said:",
      person: "Agent said:",
      copy: "Copy Pix code",
      copied: "Code copied",
      qr: "Pix QR code",
      typing: "typing",
      unread: "unread:",
      blocked: "This chat is not available on this page.",
    },
  };
  const wanted = script.dataset.lang || document.documentElement.lang || navigator.language || "pt-BR";
  const lang = wanted.toLowerCase().startsWith("en") ? "en" : "pt-BR";
  const texts = TEXTS[lang];

  // ---- what the browser remembers ------------------------------------------------------------------------------

  const KEY = `trama-webchat:${address.host}:${channel}`;
  let memory = { token: "", queue: [] };
  try {
    memory = { ...memory, ...JSON.parse(localStorage.getItem(KEY) || "{}") };
  } catch {
    // no storage (private mode) or a broken entry: the visitor starts anew
  }
  // An invitation to go on here with a conversation that began elsewhere; its secret leaves the address bar at once.
  let invitation = (location.hash.match(/^#trama=([\w.-]+)$/) || [])[1] || "";
  if (invitation) history.replaceState(null, "", location.pathname + location.search);
  function remember() {
    try {
      localStorage.setItem(KEY, JSON.stringify(memory));
    } catch {
      // the queue lives on in this page only
    }
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  const STYLE = `
    :host { all: initial; --own: #0b6e4f; --on-own: #fff; --paper: #fff; --ground: #f3f5f7; --ink: #17202a;
      --soft: #5b6773; --line: #d8dee4; --bubble: #fff; font: 15px/1.45 system-ui, sans-serif; color: var(--ink) }
    @media (prefers-color-scheme: dark) { :host { --paper: #1b2228; --ground: #11161a; --ink: #e8edf1; --soft: #a3b0bb;
      --line: #303a43; --bubble: #252e36 } }
    * { box-sizing: border-box }
    button { font: inherit; color: inherit; cursor: pointer }
    :focus-visible { outline: 3px solid #4c9ffe; outline-offset: 2px }
    .toggle { position: fixed; right: 20px; bottom: 20px; width: 56px; height: 56px; border-radius: 50%; border: 0;
      background: var(--own); color: var(--on-own); box-shadow: 0 4px 16px rgb(0 0 0 / .25); z-index: 2147483000 }
    .toggle svg { width: 26px; height: 26px; display: block; margin: auto }
    .count { position: absolute; top: -2px; right: -2px; min-width: 20px; height: 20px; padding: 0 5px;
      border-radius: 10px; background: #b3261e; color: #fff; font-size: 12px; line-height: 20px }
    .panel { position: fixed; right: 20px; bottom: 88px; width: min(380px, calc(100vw - 40px));
      height: min(600px, calc(100vh - 120px)); display: flex; flex-direction: column; overflow: hidden;
      background: var(--paper); border: 1px solid var(--line); border-radius: 14px;
      box-shadow: 0 12px 40px rgb(0 0 0 / .25); z-index: 2147483000 }
    [hidden] { display: none !important }
    header { display: flex; align-items: center; gap: 8px; padding: 12px 12px 12px 16px; background: var(--own);
      color: var(--on-own) }
    header h2 { font-size: 16px; margin: 0; flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
    header button { background: none; border: 0; width: 32px; height: 32px; border-radius: 8px; font-size: 20px }
    .notice { margin: 0; padding: 8px 16px; font-size: 13px; background: #fff4ce; color: #4a3a00 }
    .log { flex: 1; overflow-y: auto; padding: 16px; background: var(--ground); display: flex; flex-direction: column;
      gap: 8px; overscroll-behavior: contain }
    .bubble { max-width: 85%; align-self: flex-start; background: var(--bubble); border: 1px solid var(--line);
      border-radius: 12px 12px 12px 3px; padding: 8px 12px; white-space: pre-wrap; overflow-wrap: anywhere }
    .mine { align-self: flex-end; background: var(--own); color: var(--on-own); border-color: transparent;
      border-radius: 12px 12px 3px 12px }
    .meta { display: block; margin-top: 2px; font-size: 11px; opacity: .8; text-align: right }
    .bubble strong { display: block } .bubble small { display: block; color: var(--soft); margin-top: 4px }
    .bubble a { color: inherit } .bubble img { max-width: 100%; border-radius: 8px; display: block; margin-top: 6px }
    .qr { background: #fff; padding: 4px }
    .choices { display: flex; flex-direction: column; gap: 6px; margin-top: 8px }
    .choices button, .copy { border: 1px solid var(--line); background: var(--paper); border-radius: 8px;
      padding: 8px 10px; text-align: left; min-height: 40px; width: 100% }
    .choices button[disabled] { opacity: .6; cursor: default }
    .choices .hint { display: block; font-size: 12px; color: var(--soft) }
    .code { display: block; font: 12px/1.4 ui-monospace, monospace; margin: 6px 0; max-height: 5.6em; overflow: auto }
    form { display: flex; gap: 8px; padding: 10px; border-top: 1px solid var(--line) }
    textarea { flex: 1; resize: none; font: inherit; color: inherit; background: var(--ground); height: 42px;
      max-height: 120px; border: 1px solid var(--line); border-radius: 10px; padding: 9px 12px }
    .send { border: 0; border-radius: 10px; background: var(--own); color: var(--on-own); padding: 0 14px }
    .dots span { display: inline-block; width: 6px; height: 6px; margin-right: 3px; border-radius: 50%;
      background: var(--soft); animation: hop 1.2s infinite }
    .dots span:nth-child(2) { animation-delay: .15s } .dots span:nth-child(3) { animation-delay: .3s }
    @keyframes hop { 30% { transform: translateY(-4px) } 60% { transform: none } }
    @media (prefers-reduced-motion: reduce) { .dots span { animation: none } }
    .hush { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
    @media (max-width: 480px) { .panel { inset: 0; width: 100%; height: 100%; border: 0; border-radius: 0 }
      .panel:not([hidden]) + .toggle { display: none } }
  `;

  function make(tag, properties = {}, ...children) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(properties)) {
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else if (key in node) node[key] = value;
      else node.setAttribute(key, value);
    }
    node.append(...children.filter((child) => child !== "" && child != null));
    return node;
  }

  function icon() {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", "M4 4h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H9l-5 4v-4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z");
    path.setAttribute("fill", "currentColor");
    svg.append(path);
    return svg;
  }

  const host = make("div", { id: "trama-webchat", lang });
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];

  const count = make("span", { className: "count", hidden: true });
  const toggle = make(
    "button",
    { className: "toggle", type: "button", "aria-expanded": "false", "aria-controls": "panel", onclick: () => show(panel.hidden) },
    icon(),
    count,
  );
  const title = make("h2", { id: "title", textContent: texts.title });
  const notice = make("p", { className: "notice", role: "status", hidden: true });
  const log = make("div", { className: "log", role: "log", "aria-live": "polite", "aria-label": texts.log, tabIndex: 0 });
  const input = make("textarea", { rows: 1, maxLength: 4096, placeholder: texts.write, "aria-label": texts.write, enterKeyHint: "send" });
  const form = make("form", {}, input, make("button", { className: "send", type: "submit", textContent: texts.send }));
  const panel = make(
    "section",
    { id: "panel", className: "panel", role: "dialog", "aria-labelledby": "title", hidden: true },
    make("header", {}, title, make("button", { type: "button", "aria-label": texts.close, textContent: "×", onclick: () => show(false) })),
    notice,
    log,
    form,
  );
  root.append(panel, toggle);

  let unread = 0;
  function show(open) {
    panel.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
    if (open) {
      connect();
      unread = 0;
      input.focus();
      log.scrollTop = log.scrollHeight;
      acknowledge();
    } else {
      toggle.focus();
    }
    label();
  }
  function label() {
    const closed = unread ? `${texts.open}, ${texts.unread} ${unread}` : texts.open;
    toggle.setAttribute("aria-label", panel.hidden ? closed : texts.close);
    count.textContent = unread > 9 ? "9+" : String(unread);
    count.hidden = unread === 0;
  }
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") show(false);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  input.addEventListener("input", () => {
    input.style.height = "auto";
    input.style.height = `${Math.min(120, input.scrollHeight + 2)}px`;
    const now = Date.now();
    if (now - lastTyping > 4000 && transmit({ t: "typing" })) lastTyping = now;
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = input.value.trim();
    if (!said) return;
    input.value = "";
    input.style.height = "";
    say({ t: "message", id: newId(), text: said }, said);
  });

  // ---- bubbles -------------------------------------------------------------------------------------------------

  const shownNumbers = new Set();
  const own = new Map(); // id of a message of ours -> its bubble
  let lastTyping = 0;
  let dots = null;
  let dotsTimer = 0;

  // Links, and *words* that flows write in bold as WhatsApp knows it. Nothing else is markup.
  function withLinks(text) {
    const parts = make("span");
    for (const part of text.split(/(https?:\/\/[^\s<>"']+|\*[^\s*][^*\n]*\*)/g)) {
      if (/^https?:/.test(part)) parts.append(make("a", { href: part, target: "_blank", rel: "noopener noreferrer", textContent: part }));
      else if (/^\*.+\*$/.test(part)) parts.append(make("b", { textContent: part.slice(1, -1) }));
      else parts.append(part);
    }
    return parts;
  }

  function clock(at) {
    return new Date(at).toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit" });
  }

  function choice(title, hint, frame) {
    return make(
      "button",
      {
        type: "button",
        onclick: (event) => {
          for (const other of event.currentTarget.closest(".choices").querySelectorAll("button")) other.disabled = true;
          say({ t: "choose", id: newId(), title, ...frame }, title);
          input.focus();
        },
      },
      title,
      hint ? make("span", { className: "hint", textContent: hint }) : "",
    );
  }

  function body(content) {
    const header = content.header ? make("strong", { textContent: content.header }) : "";
    const footer = content.footer ? make("small", { textContent: content.footer }) : "";
    switch (content.type) {
      case "buttons":
        return [header, withLinks(content.text), footer, make("div", { className: "choices" }, ...content.buttons.map((b) => choice(b.title, "", { button: b.id })))];
      case "list":
        return [
          header,
          withLinks(content.text),
          footer,
          make(
            "div",
            { className: "choices" },
            ...content.sections.flatMap((section) => [
              section.title ? make("strong", { textContent: section.title }) : "",
              ...section.rows.map((row) => choice(row.title, row.description || "", { button: row.id, source: "list" })),
            ]),
          ),
        ];
      case "pix":
        return [
          withLinks(content.text),
          content.qr ? make("img", { className: "qr", src: content.qr, alt: texts.qr }) : "",
          make("code", { className: "code", textContent: content.code, tabIndex: 0 }),
          make("button", {
            className: "copy",
            type: "button",
            textContent: texts.copy,
            onclick: async (event) => {
              const button = event.currentTarget;
              await navigator.clipboard.writeText(content.code);
              button.textContent = texts.copied;
            },
          }),
        ];
      case "media": {
        const words = content.caption || content.filename || "";
        if (!content.url) return [words || content.kind];
        if (content.kind === "image" || content.kind === "sticker") return [make("img", { src: content.url, alt: content.caption, referrerPolicy: "no-referrer" }), content.caption ? withLinks(content.caption) : ""];
        if (content.kind === "audio") return [make("audio", { src: content.url, controls: true }), words];
        return [make("a", { href: content.url, target: "_blank", rel: "noopener noreferrer", textContent: words || content.url })];
      }
      case "location":
        return [[content.name, content.address, `${content.latitude}, ${content.longitude}`].filter(Boolean).join("\n")];
      default:
        return [withLinks(content.text || "")];
    }
  }

  function add(from, parts, meta) {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    const bubble = make(
      "div",
      { className: from === "me" ? "bubble mine" : "bubble" },
      make("span", { className: "hush", textContent: texts[from] + " " }),
      ...parts,
      make("span", { className: "meta", textContent: meta }),
    );
    log.append(bubble);
    if (dots) log.append(dots);
    const follow = () => {
      if (atEnd || from === "me") log.scrollTop = log.scrollHeight;
    };
    for (const picture of bubble.querySelectorAll("img")) picture.addEventListener("load", follow);
    follow();
    return bubble;
  }

  function waitForAnswer(on) {
    clearTimeout(dotsTimer);
    if (dots) dots.remove();
    dots = null;
    if (!on) return;
    dots = make("div", { className: "bubble dots", "aria-label": texts.typing }, make("span"), make("span"), make("span"));
    log.append(dots);
    log.scrollTop = log.scrollHeight;
    dotsTimer = setTimeout(() => waitForAnswer(false), 8000);
  }

  // ---- conversation --------------------------------------------------------------------------------------------

  const newId = () => [...crypto.getRandomValues(new Uint8Array(12))].map((b) => b.toString(16).padStart(2, "0")).join("");

  let socket = null;
  let synced = false;
  let seen = 0;
  let greeting = "";
  const acknowledged = { delivered: 0, read: 0 };
  let ackTimer = 0;
  let failures = 0;
  let heard = 0;
  let timer = 0;
  let blocked = false;

  function transmit(frame) {
    if (!socket || socket.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(frame));
    return true;
  }

  function say(frame, words) {
    own.set(frame.id, add("me", [words], texts.sending));
    memory.queue.push({ frame, words });
    remember();
    if (synced) transmit(frame);
    if (!socket) connect();
  }

  function settle(id) {
    memory.queue = memory.queue.filter((one) => one.frame.id !== id);
    remember();
  }

  // Gathered, because a replay brings many bubbles at once.
  function acknowledge() {
    clearTimeout(ackTimer);
    ackTimer = setTimeout(() => {
      const state = panel.hidden || document.visibilityState !== "visible" ? "delivered" : "read";
      if (seen > acknowledged[state] && transmit({ t: "ack", upto: seen, state })) acknowledged[state] = seen;
    }, 200);
  }

  const handlers = {
    welcome(frame) {
      memory.token = frame.token;
      remember();
      title.textContent = frame.title || texts.title;
      if (/^#[0-9a-f]{6}$/i.test(frame.colour)) {
        host.style.setProperty("--own", frame.colour);
        const [r, g, b] = [1, 3, 5].map((at) => parseInt(frame.colour.slice(at, at + 2), 16));
        host.style.setProperty("--on-own", 0.299 * r + 0.587 * g + 0.114 * b > 150 ? "#000" : "#fff");
      }
      greeting = frame.greeting;
    },
    message(frame) {
      if (shownNumbers.has(frame.n)) return;
      shownNumbers.add(frame.n);
      seen = Math.max(seen, frame.n);
      if (frame.from === "me") {
        settle(frame.id);
        const bubble = own.get(frame.id);
        if (bubble) bubble.querySelector(".meta").textContent = clock(frame.at);
        else own.set(frame.id, add("me", body(frame.content), clock(frame.at)));
        return;
      }
      waitForAnswer(false);
      add(frame.from, body(frame.content), clock(frame.at));
      if (panel.hidden && synced) unread += 1;
      label();
      acknowledge();
    },
    synced() {
      synced = true;
      failures = 0;
      notice.hidden = true;
      if (greeting && !log.childElementCount) add("bot", [withLinks(greeting)], "");
      for (const one of memory.queue) {
        if (!own.has(one.frame.id)) own.set(one.frame.id, add("me", [one.words], texts.sending));
        transmit(one.frame);
      }
    },
    stored(frame) {
      settle(frame.id);
      const bubble = own.get(frame.id);
      if (bubble) bubble.querySelector(".meta").textContent = `${clock(Date.now())} ✓`;
      waitForAnswer(true);
    },
    typing() {
      waitForAnswer(true);
    },
    refused(frame) {
      settle(frame.id);
      const bubble = own.get(frame.id);
      if (bubble) bubble.querySelector(".meta").textContent = texts.refused;
    },
    slow(frame) {
      const waiting = memory.queue.find((one) => one.frame.id === frame.id);
      if (waiting) setTimeout(() => transmit(waiting.frame), frame.after * 1000);
    },
  };

  function connect() {
    clearTimeout(timer);
    if (socket || blocked) return;
    synced = false;
    const one = (socket = new WebSocket(socketUrl));
    one.onopen = () => {
      transmit({ t: "hello", token: memory.token, seen, name, ...(invitation && { join: invitation }) });
      invitation = "";
    };
    one.onmessage = (event) => {
      heard = Date.now();
      const frame = JSON.parse(event.data);
      if (handlers[frame.t]) handlers[frame.t](frame);
    };
    one.onclose = (event) => {
      if (socket !== one) return;
      socket = null;
      synced = false;
      waitForAnswer(false);
      blocked = event.reason === "webchat:foreign-site" || event.reason === "channel:unknown";
      notice.textContent = blocked ? texts.blocked : texts.offline;
      notice.hidden = false;
      if (blocked) return;
      failures += 1;
      const pause = Math.min(30000, 500 * 2 ** Math.min(failures, 6));
      timer = setTimeout(connect, pause * (0.5 + Math.random() / 2));
    };
  }

  // A connection can die without a word: if nothing was heard after a ping it is given up.
  setInterval(() => {
    if (!socket || socket.readyState !== WebSocket.OPEN) return;
    if (Date.now() - heard > 55000) socket.close();
    else transmit({ t: "ping" });
  }, 25000);
  addEventListener("online", () => memory.token && connect());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    if (memory.token) connect();
    acknowledge();
  });

  function start() {
    document.body.append(host);
    label();
    // somebody new is not connected before the chat is opened
    if (memory.token || memory.queue.length) connect();
    if ("open" in script.dataset || invitation) show(true);
  }
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
