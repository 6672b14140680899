// eyes.js: what is wrong with a page as it stands there, one line a fault. `eyes.py` evaluates it in the page.

({ locale, scrolls, touch, pointer, contrast, pairs, technical }) => {
  const SLACK_PX = 1
  const LARGE_PX = 24, LARGE_BOLD_PX = 18.66
  const HAN = /\p{Script=Han}/u
  const faults = []
  const fault = (kind, element, what) => faults.push(`${kind}: ${what} in ${told(element)}`)

  const elements = [...document.querySelectorAll("body, body *")].filter((one) => !one.closest("script, style, template, noscript"))
  const shown = elements.filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.getBoundingClientRect().width > 0)
  const hidden = (one) => one.closest(".visually-hidden") !== null
  const seen = shown.filter((one) => !hidden(one))

  language()
  edges()
  cut()
  covered()
  if (touch) targets()
  light()
  return faults

  // ------------------------------------------------------------------ words

  function language() {
    const lang = document.documentElement.lang
    if (lang !== locale) faults.push(`language: the page says it is ${lang || "in none"}`)
    for (const [text, element] of said()) {
      if (element.closest('[translate="no"]')) continue
      const tongue = element.closest("[lang]").lang
      if (!tongue) continue                                                                   // written by hand, in whatever language
      if (tongue === "en") {
        if (HAN.test(text)) fault("language", element, `Chinese "${text}"`)
        continue
      }
      const foreign = [...text].filter((sign) => pairs[tongue].includes(sign))
      if (foreign.length > 0) fault("language", element, `"${text}" has ${foreign.join("")} and is said to be ${tongue}`)
      if (!HAN.test(text) && english(text)) fault("language", element, `English "${text}"`)
    }
  }

  /** Everything that is read or heard: [text, element]. */
  function* said() {
    const options = elements.filter((one) => one.matches("option") && one.parentElement.closest("select").checkVisibility())
    for (const one of [...shown, ...options]) {
      for (const name of ["aria-label", "placeholder", "title", "alt", "aria-description", "aria-valuetext"]) {
        if (one.getAttribute(name)?.trim()) yield [one.getAttribute(name).trim(), one]
      }
      for (const node of one.childNodes) {
        if (node.nodeType === Node.TEXT_NODE && node.textContent.trim()) yield [node.textContent.trim(), one]
      }
    }
    yield [document.title, document.documentElement]
  }

  /** Whether there is an English word: what holds a digit, a slash, a dash or a dot is a name or an address, and `technical` are no words. */
  function english(text) {
    return text.split(/[\s·,:()–]+/).some((word) => /^[A-Za-z'’]{2,}[.!?;]?$/.test(word) && !technical.includes(word))
  }

  // ------------------------------------------------------------------ room

  function edges() {
    const root = document.documentElement
    if (Math.max(root.scrollWidth, document.body.scrollWidth) > innerWidth) faults.push(`room: scrolls sideways, ${root.scrollWidth} of ${innerWidth} px`)
    if (!scrolls && root.scrollHeight > innerHeight + SLACK_PX) faults.push(`room: scrolls down, ${root.scrollHeight} of ${innerHeight} px`)
  }

  function cut() {
    const passes = (one) => one.closest(".ticker .line, .slips, .hex, svg") !== null        // made to pass by, or to be scrolled
    for (const one of seen) {
      if (passes(one) || !one.textContent.trim()) continue
      const style = getComputedStyle(one)
      const clips = (axis) => ["hidden", "clip"].includes(style[`overflow${axis}`])
      const boxed = one.matches("button, .button, .pl, .tag, kbd, td, th, label")                // text that sticks out of what is drawn around it
      const wide = one.scrollWidth - one.clientWidth, high = one.scrollHeight - one.clientHeight
      if (style.display.startsWith("inline") && !["inline-block", "inline-flex", "inline-grid"].includes(style.display)) continue
      if ((clips("X") || boxed) && wide > SLACK_PX) fault("cut", one, `${wide} px across`)
      else if ((clips("Y") || one.matches("button, .button")) && high > SLACK_PX && !whole(one)) fault("cut", one, `${high} px down`)
    }
  }

  /** Whether every line of text stands in the box: a font's own box is higher than its signs, so a fifth above and below is air. */
  function whole(one) {
    const box = one.getBoundingClientRect()
    const words = document.createTreeWalker(one, NodeFilter.SHOW_TEXT, (node) =>
      (node.textContent.trim() && node.parentElement.checkVisibility({ visibilityProperty: true }) && !hidden(node.parentElement) ? 1 : 2))
    while (words.nextNode()) {
      const range = document.createRange()
      range.selectNode(words.currentNode)
      for (const { top, bottom, height } of range.getClientRects()) if (top + height / 5 < box.top || bottom - height / 5 > box.bottom) return false
    }
    return true
  }

  /** Text under something else: whatever lies at a line of it is to be its own element, or one around it. */
  function covered() {
    const asking = document.querySelector("dialog[open]")
    for (const one of seen) {
      if (one.closest(".ticker .line, .slips, .hex, svg") || (asking && !asking.contains(one))) continue
      for (const [x, y] of lines(one).flatMap((line) => [.1, .5, .9].map((at) => [line.left + line.width * at, line.top + line.height / 2]))) {
        const hit = document.elementFromPoint(x, y)
        if (!hit || hit.closest("label")?.contains(one) || one.contains(hit) || hit.contains(one) || through(hit) || air(hit, y)) continue
        fault("covered", one, `by ${told(hit)}, text`)
        break
      }
    }
  }

  /** The lines of text of an element's own, as far as they are to be seen in all that scrolls around it. */
  function lines(one) {
    const boxes = []
    for (let at = one; at && at !== document.body; at = at.parentElement) {
      if (getComputedStyle(at).overflowY !== "visible") boxes.push(at.getBoundingClientRect())
    }
    return [...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()).flatMap((node) => {
      const range = document.createRange()
      range.selectNode(node)
      return [...range.getClientRects()].filter((line) => line.width > 2 * SLACK_PX
        && boxes.every((box) => line.top >= box.top && line.bottom <= box.bottom && line.left >= box.left && line.right <= box.right))
    })
  }

  /** Whether only the air above or below a large figure is there: a font's own box is half as high again as its figures. */
  function air(hit, y) {
    if (rgba(getComputedStyle(hit).backgroundColor)[3] > 0) return false
    const own = lines(hit)
    return own.length > 0 && own.every(({ top, bottom, height }) => y < top + height / 4 || y > bottom - height / 4)
  }

  /** What can be seen through, and what stays in place while a page that scrolls goes by below. */
  function through(hit) {
    if (getComputedStyle(hit).opacity === "0") return true
    for (let at = hit; scrolls && at; at = at.parentElement) if (["sticky", "fixed"].includes(getComputedStyle(at).position)) return true
    return false
  }

  // ------------------------------------------------------------------ hands

  function targets() {
    for (const one of seen.filter((each) => each.matches("button, a[href], select, summary, input:not([type=hidden]), textarea"))) {
      const target = one.matches("[type=radio], [type=checkbox]") ? one.closest("label") ?? one : one
      const { height, width } = target.getBoundingClientRect()
      const least = one.closest(".list") ? Math.min(touch, pointer) : touch                   // a row of a list at the desk is 41 high
      if (Math.round(height) < Math.floor(least)) fault("touch", one, `${Math.round(width)} × ${Math.round(height)} px`)
    }
  }

  // ------------------------------------------------------------------ light

  /** `contrast` where it is read from afar, else 4.5:1, and 3:1 for what is large; what cannot be done is exempt only at hand. */
  function light() {
    for (const one of seen) {
      if (one.closest("svg") || ![...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim())) continue
      const style = getComputedStyle(one)
      if (!contrast && one.closest(":disabled, [aria-disabled=true]")) continue
      const large = parseFloat(style.fontSize) >= (style.fontWeight >= 700 ? LARGE_BOLD_PX : LARGE_PX)
      const ratio = between(over(rgba(style.color), ground(one)), ground(one))
      if (ratio < (contrast || (large ? 3 : 4.5))) fault("contrast", one, `${ratio.toFixed(1)}:1`)
    }
  }

  function ground(one) {
    const layers = []
    for (let at = one; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor)
      if (colour[3] > 0) layers.push(colour)
      if (colour[3] === 1) break
    }
    return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255, 1])
  }

  function rgba(text) {
    const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number)
    return text.startsWith("color(") ? [r * 255, g * 255, b * 255, a] : [r, g, b, a]
  }

  function over([r, g, b, a], below) {
    return [...[r, g, b].map((value, at) => value * a + below[at] * (1 - a)), 1]
  }

  function between(one, other) {
    const light = ([r, g, b]) => [r, g, b].map((value) => value / 255)
      .map((value) => (value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4))
      .reduce((sum, value, at) => sum + value * [.2126, .7152, .0722][at], 0)
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a)
    return (high + .05) / (low + .05)
  }

  function told(element) {
    const html = element.cloneNode(false).outerHTML.replace(/\s+(style|data-[\w-]+)="[^"]*"/g, "").slice(0, 120)
    return `${html} ${element.textContent.trim().replace(/\s+/g, " ").slice(0, 60)}`
  }
}
