// greeting.js: who laid a card on the reader is greeted, and offered the class that is due by age.

import { _ } from "../shared/words.js"
import { show } from "./views.js"

/** `chosen(priority, label)`: how this person will queue; both empty for the standard queue. */
export function greeting({ names, chosen }) {
  const view = document.querySelector('.view[data-view="person"]')

  function greet({ name, classes }) {
    view.querySelector("h2").textContent = name ? _("Hello, %(name)s", { name }) : _("Hello")
    const due = classes.filter((id) => names[id]).map((id) => ({ id, name: names[id] }))
    view.querySelector(".hint").textContent = due.length ? _("You may queue with priority.") : _("Please choose your service.")
    view.querySelector(".choices").replaceChildren(...[...due, { id: "normal", name: _("Standard queue") }].map((one) => {
      const item = document.getElementById("class-choice").content.cloneNode(true)
      item.querySelector(".name").textContent = one.name
      item.querySelector("button").addEventListener("click", () => {
        chosen(one.id, one.id === "normal" ? "" : one.name)
        show("start")
      })
      return item
    }))
    show("person")
  }

  /** Nobody's name stays behind. */
  greet.forget = () => { if (view) view.querySelector("h2").textContent = "" }

  return greet
}
