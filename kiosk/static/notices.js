// notices.js: one line at the foot; with more than one notice they take turns.

const TURN_MS = 8_000

export function notices() {
  for (const line of document.querySelectorAll("[data-notices]")) {
    const all = [...line.children]
    if (all.length < 2) continue
    let shown = all.findIndex((one) => !one.hidden)
    setInterval(() => {
      all[shown].hidden = true
      shown = (shown + 1) % all.length
      all[shown].hidden = false
    }, TURN_MS)
  }
}
