// day.js: the choice of a day: a day chosen is a day shown, without another press.

export function showsChosenDay(form = document.querySelector("form.day")) {
  const field = form.querySelector("input[type=date]")
  form.querySelector("[data-go]").hidden = true
  field.addEventListener("change", () => { if (field.value && field.checkValidity()) form.requestSubmit() })
}
