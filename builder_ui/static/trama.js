// Clocks and the copy button: the little that is quicker in the browser than by way of the server.
(() => {
  let ahead = 0;
  const zone = "America/Sao_Paulo";
  const shapes = {
    short: { hour: "2-digit", minute: "2-digit" },
    time: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
    day: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  };
  const show = () => {
    const now = new Date(Date.now() + ahead * 1000);
    const language = document.documentElement.lang || navigator.language;
    for (const element of document.querySelectorAll("[data-clock]")) {
      const text = new Intl.DateTimeFormat(language, { timeZone: zone, ...shapes[element.dataset.clock] }).format(now);
      if (element.textContent !== text) element.textContent = text;
    }
  };
  // called once the page is connected: from then on nothing that is typed is lost
  window.tramaClock = (seconds) => { ahead = seconds; show(); document.body.dataset.ready = "yes"; };
  setInterval(show, 1000);

  // the token of the webchat's widget, which lives on the same site in the demonstration
  window.tramaVisitor = (channel) => {
    try {
      return JSON.parse(localStorage.getItem(`trama-webchat:${location.host}:${channel}`) || "{}").token || "";
    } catch {
      return "";
    }
  };

  window.tramaCopy = async (button) => {
    const code = button.dataset.code;
    try {
      await navigator.clipboard.writeText(code);
    } catch {
      // no clipboard without https: select it the old way
      const area = document.createElement("textarea");
      area.value = code;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    const words = button.querySelector("span:last-child"), before = words.textContent;
    words.textContent = button.dataset.done;
    setTimeout(() => { words.textContent = before; }, 1600);
  };
})();
