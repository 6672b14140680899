// bytes.js: show and hide the bytes of a printer's newest slip; without script they stand there.

export function lookAtBytes() {
  for (const button of document.querySelectorAll("[data-bytes]")) {
    const place = document.getElementById(button.getAttribute("aria-controls"))
    const show = (open) => {
      place.hidden = !open
      button.setAttribute("aria-expanded", String(open))
    }
    button.hidden = false
    button.addEventListener("click", () => show(place.hidden))
    show(false)
  }
}
