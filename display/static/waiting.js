// waiting.js: how many wait for what. The hall says; nothing is counted here.

const TURN_MS = 10_000

/** `most` services stand at once; more take turns, `page` at a time. */
export function waitingOf({ waiting, services: names, paging: { most, page }, long }) {
  const list = document.querySelector(".waiting ul")
  const known = new Map(waiting.map((service) => [service.id, service]))
  let turn = 0

  function draw() {
    const all = [...known.values()].filter(({ open, waiting: people }) => open || people)
    const pages = all.length <= most ? 1 : Math.ceil(all.length / page)
    turn %= pages
    const shown = pages === 1 ? all : all.slice(turn * page, (turn + 1) * page)
    list.dataset.rows = String(Math.ceil((pages === 1 ? all.length : page) / 2))
    list.replaceChildren(...shown.map(row))
  }

  function row({ id, name, waiting: people }) {
    const item = document.createElement("li")
    const [label, count] = [document.createElement("span"), document.createElement("b")]
    label.textContent = names[id] ?? name
    item.classList.toggle("long", label.textContent.length > long)
    count.textContent = String(people)
    item.append(label, " ", count)
    return item
  }

  setInterval(() => { turn += 1; draw() }, TURN_MS)
  return {
    put(services) {
      for (const service of services) known.set(service.id, { ...known.get(service.id), ...service })
      draw()
    },
  }
}
