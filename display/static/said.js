// said.js: the page's one live region: who is called, once.

const region = document.getElementById("said")

export function say(text) {
  region.textContent = ""
  requestAnimationFrame(() => { region.textContent = text })
}
