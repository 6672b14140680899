// said.js: the page's one live region: what changed, once.

const region = document.getElementById("said")

export function say(text) {
  region.textContent = ""
  requestAnimationFrame(() => { region.textContent = text })
}
