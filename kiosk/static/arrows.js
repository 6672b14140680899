// arrows.js: ↑ ↓ move between what can be touched; Enter does it, as a button does by itself.

export function arrows() {
  addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return
    const all = [...document.querySelectorAll("main button, main a, .idle button, .foot a, .foot button")].filter((one) => one.checkVisibility())
    if (all.length === 0) return
    event.preventDefault()
    const at = all.indexOf(document.activeElement)
    const next = at === -1 ? (step === 1 ? 0 : all.length - 1) : (at + step + all.length) % all.length
    all[next].focus()
  })
}
