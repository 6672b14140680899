// measure.js: one pixel of a picture is one dot: tell the sheet how many dots there are, and how large one may be.

const DOT_LEAST_PX = 2
const FRAME_PX = 16         // the frame's padding, both sides

/** Measure the pictures in `root`; `shown` is what `root` will replace, where it is not on the page yet. */
export function measure(root, shown = root) {
  for (const picture of root.querySelectorAll("img.slip")) whenKnown(picture, () => picture.style.setProperty("--dots", picture.naturalWidth))
  const room = (shown.querySelector(".frame")?.clientWidth ?? 0) - FRAME_PX
  for (const dots of root.querySelectorAll(".dots")) {
    const picture = dots.querySelector("img")
    if (!picture) size(dots, { wide: dots.dataset.wide ?? 144, high: dots.dataset.high ?? 16, room })
    else whenKnown(picture, () => size(dots, { wide: picture.naturalWidth, high: picture.naturalHeight, room }))
  }
}

function size(dots, { wide, high, room }) {
  dots.style.setProperty("--dots", wide)
  dots.style.setProperty("--dots-high", high)
  dots.style.setProperty("--dot", `${Math.max(DOT_LEAST_PX, Math.floor(room / wide))}px`)
}

function whenKnown(picture, then) {
  if (picture.complete && picture.naturalWidth) then()
  else picture.addEventListener("load", then, { once: true })
}
