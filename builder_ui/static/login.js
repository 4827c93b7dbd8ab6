// The token of a password reset stands behind the # of the address, which browsers send to nobody: it is put into the
// form when that is sent, and stays in the address for another try.
document.addEventListener("submit", (event) => {
  const token = event.target.querySelector("input[name=token]");
  if (token && location.hash) {
    token.value = location.hash.slice(1);
    event.target.action = "/login/reset" + location.hash;
  }
}, true);
