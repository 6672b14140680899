// ticker.js: one notice after another, the urgent ones first; one that is longer than its line passes by once.

const STAND_MS = 8_000         // a notice that fits
const PAUSE_MS = 2_500         // before and after a pass
const PX_A_SECOND = 120        // of a screen 1920 (upright: 1080) wide
const still = matchMedia("(prefers-reduced-motion: reduce)")
const upright = matchMedia("(max-aspect-ratio: 1 / 1)")

export function ticker(notices) {
  const strip = document.querySelector(".ticker")
  const line = strip.querySelector(".line p")
  let shown = -1

  const ranked = (all) => [...all].sort((one, other) => (other.level === "urgent") - (one.level === "urgent"))
  let all = ranked(notices)

  async function run() {
    for (;;) {
      shown = all.length ? (shown + 1) % all.length : -1
      strip.toggleAttribute("data-empty", shown < 0)
      if (shown >= 0) {
        line.textContent = all[shown].text
        line.dataset.level = all[shown].level
      }
      await pass()
    }
  }

  async function pass() {
    const room = line.parentElement
    const padding = parseFloat(getComputedStyle(room).paddingInlineStart)
    const over = line.scrollWidth - (room.clientWidth - 2 * padding)
    if (shown < 0 || over <= 0 || still.matches) return pause(STAND_MS)
    await pause(PAUSE_MS)
    const speed = PX_A_SECOND * innerWidth / (upright.matches ? 1080 : 1920)
    const moving = line.animate({ transform: ["none", `translateX(${-over}px)`] }, { duration: over / speed * 1000, fill: "forwards" })
    await moving.finished.catch(() => {})
    await pause(PAUSE_MS)
    moving.cancel()
  }

  run()
  return {
    put(fresh) {
      const same = JSON.stringify(ranked(fresh)) === JSON.stringify(all)
      all = ranked(fresh)
      if (!same) shown = -1          // what is new comes next, from the most urgent on
    },
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms))
