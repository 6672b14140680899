// start.js: the demo's first page: let the hall play, and take a number to follow on a phone.

import { get, post, put } from "./api.js"
import { hallClock, runClocks } from "./clock.js"
import { _, given } from "./words.js"

const LOOK_MS = 5_000
const TOUR_SPEED = 60, TOUR_MIN = 60     // a busy hour in a minute, then the pace of real life
const PHONE_SERVICE = "consult"     // a short service that needs no papers

const shown = given()
const clock = hallClock(shown)
const play = document.querySelector(".play")
const base = document.documentElement.dataset.base
let playing = shown.playing
let speed = shown.speed

runClocks(clock)

function draw() {
  play.dataset.playing = String(playing)
  play.querySelector("[data-word]").textContent = playing ? _("Stop") : _("Start")
  play.querySelector(".clock").hidden = !playing
  if (playing) press(speed)
}

function press(chosen) {
  for (const button of play.querySelectorAll("[data-speed]")) button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === chosen))
}

const chosen = () => Number(play.querySelector('[data-speed][aria-pressed="true"]').dataset.speed)

async function run(wanted, minutes = null) {
  const refusal = play.querySelector(".refusal")
  refusal.hidden = true
  try {
    await put("/api/demo/play", { speed: wanted, minutes })
    await look()
  } catch (failure) {
    refusal.textContent = failure.detail ?? _("The system does not answer just now")
    refusal.hidden = false
  }
}

async function look() {
  const hall = await get("/api/hall")
  speed = hall.speed || 1
  playing = hall.playing ?? speed > 1
  clock.set(hall.now, speed)
  draw()
}

/** Take a number and show its page in the window that the touch has opened. */
async function phone(link) {
  const opened = open("about:blank", "_blank")
  try {
    const ticket = await post("/api/tickets", { service: PHONE_SERVICE, locale: document.documentElement.lang, channel: "phone" })
    opened.location.replace(base + ticket.follow)
  } catch {
    opened?.location.replace(link.href)
  }
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("button, a")
  if (!target) return
  if (target.dataset.act === "play") run(playing ? 0 : chosen())
  else if (target.dataset.speed) { press(Number(target.dataset.speed)); if (playing) run(chosen()) }
  else if (target.dataset.act === "phone") { event.preventDefault(); phone(target) }
})

if (shown.tour) run(TOUR_SPEED, TOUR_MIN)      // nobody has done anything yet: a visitor sees a hall at work
if (play) setInterval(() => { if (!document.hidden) look().catch(() => {}) }, LOOK_MS)
