// pace.js: how fast the hall's clock runs beside the real one: 1, or more in a hall that is being played.

const SPAN_MS = 3_000       // shorter spans say little
const ABOUT_ONE = 1.5       // a clock that is put right is not a clock that is played

export function paceOf(speed) {
  let last = null
  return {
    speed: () => speed,
    /** Hear the hall's time from a beat; answers the pace. */
    hear(stamp) {
      const heard = { hall: Date.parse(stamp), real: Date.now() }
      const span = last ? heard.real - last.real : 0
      if (span >= SPAN_MS) {
        const pace = (heard.hall - last.hall) / span
        speed = pace > ABOUT_ONE ? pace : 1
      }
      if (!last || span >= SPAN_MS) last = heard
      return speed
    },
  }
}
