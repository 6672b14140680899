// leave.js: go to another page only when it is there. A kiosk must never end on the browser's own error page.

const PATIENCE_MS = 4_000

let leaving = false

/** The plain home of this kiosk, without language and size. */
export function homeAddress() {
  const asked = new URLSearchParams(location.search)
  asked.delete("lang")
  asked.delete("size")
  return `${location.pathname}${asked.size ? `?${asked}` : ""}`
}

export async function go(address) {
  if (leaving) return
  leaving = true
  try {
    const answer = await fetch(within(address), { signal: AbortSignal.timeout(PATIENCE_MS), cache: "no-store" })
    if (answer.ok) location.replace(within(address))
  } catch {
    // the banner of the lost link says it already
  } finally {
    leaving = false
  }
}

/** Keep what names this kiosk (?station=) on every way. */
function within(address) {
  const to = new URL(address, location.href)
  const station = new URLSearchParams(location.search).get("station")
  if (station) to.searchParams.set("station", station)
  return to.href
}
