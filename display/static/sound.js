// sound.js: the one AudioContext of a screen: whether it sounds, the touch it may want, and telling the hall so.

import { put } from "../shared/api.js"

const TELL_MS = 15_000        // the hall forgets a screen it has not heard of for three times as long

export const context = "AudioContext" in window ? new AudioContext() : null

/** Whether what is played now is heard. */
export const sounds = () => context?.state === "running"

/** Show `button` for as long as the browser waits for a touch; any touch or key will do. */
export function unlockSound(button) {
  if (!context) return
  const draw = () => { button.hidden = sounds() }
  const unlock = () => context.resume().catch(() => {})
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, unlock)
  context.addEventListener("statechange", draw)
  unlock()                 // a screen whose browser was started with sound allowed needs no touch
  draw()
}

/** Tell the hall, now and whenever it changes: running, waiting for a touch, or off because it is wanted so. */
export function tellSound(station, { silent }) {
  if (!station) return     // a person looks on: no screen of the hall
  const tell = () => put(`/api/stations/${station}/sound`, { state: silent ? "off" : sounds() ? "running" : "waiting" })
    .catch(() => {})       // the link's own banner says when nobody answers; it is told again
  context?.addEventListener("statechange", tell)
  setInterval(tell, TELL_MS)
  tell()
}
