// cursor.js: nobody points on a wall: the cursor goes when it has not moved for a while.

const STILL_MS = 3_000

export function hideCursor() {
  let timer = 0
  const moved = () => {
    document.documentElement.classList.remove("no-cursor")
    clearTimeout(timer)
    timer = setTimeout(() => document.documentElement.classList.add("no-cursor"), STILL_MS)
  }
  addEventListener("pointermove", moved)
  moved()
}
