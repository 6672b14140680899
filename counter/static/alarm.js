// alarm.js: some things change by time alone (a recall may be repeated, an undo is too late): ask the hall again then.

const AFTER_MS = 150
const LONGEST_MS = 60_000

/** Call the answered function with each snapshot. */
export function alarm({ refresh }) {
  let timer = 0
  return (desk) => {
    clearTimeout(timer)
    const moments = [
      ...Object.values(desk.can).map((refusal) => refusal?.again_at),
      desk.undo?.until, desk.rating?.until, ...desk.no_show.map((ticket) => ticket.restore_until),
    ].filter(Boolean).map((stamp) => Date.parse(stamp) - Date.parse(desk.now)).filter((ms) => ms > 0)
    if (moments.length === 0) return
    timer = setTimeout(refresh, Math.min(LONGEST_MS, Math.min(...moments) / (desk.speed || 1)) + AFTER_MS)
  }
}
