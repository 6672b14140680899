// setup-sentences.js: what the hall says is wrong, in the page's language; what is not known here is said as it came.

import { _ } from "../shared/words.js"

const MEANING = / \([^()]*(?:\([^()]*\))?[^()]*\)$/       // the key's meaning stands beside the field already

const SAID = [
  [/ is used \d+ times$/, () => _("This is used twice.")],
  [/ is already the prefix of a group$/, () => _("A group already has this letter.")],
  [/^there is no such key/, () => _("There is no such field.")],
  [/^there is no time zone /, () => _("There is no such time zone.")],
  [/^there is no [a-z ]+ '?([^']*)'?$/, ([, name]) => _("%(name)s does not exist (any more).", { name })],
  [/^a quota is not negative/, () => _("A quota cannot be negative.")],
  [/^it serves nothing/, () => _("It serves nothing: choose services or groups.")],
  [/^no counter serves it/, () => _("No counter serves it: choose at least one.")],
  [/^the text in (\S+) is missing/, ([, locale]) => _("The text in %(language)s is missing.", { language: tongue(locale) })],
  [/^the text in (\S+) must not contain/, ([, locale]) => _("The text in %(language)s must not contain < or > or control characters.", { language: tongue(locale) })],
  [/^a session must close after it opens/, () => _("It must close after it opens.")],
  [/^session (\S+) overlaps (\S+)/, ([, one, other]) => _("Session %(one)s overlaps %(other)s.", { one, other })],
  [/^a notice must end after it begins/, () => _("It must end after it begins.")],
  [/^a duty must close after it opens/, () => _("It must close after it opens.")],
  [/^(\S+) is not a day of (\d+)/, ([, day, year]) => _("%(day)s is not a day of %(year)s.", { day, year })],
  [/^(\S+) is a holiday and a workday at once/, ([, day]) => _("%(day)s is a holiday and a workday at once.", { day })],
  [/^there are two lists for (\d+)/, ([, year]) => _("There are two lists for %(year)s.", { year })],
  [/^the last busy day comes before the first/, () => _("The last day comes before the first.")],
  [/^busy days overlap on (\S+)/, ([, day]) => _("Busy days overlap on %(day)s.", { day })],
  [/^(\S+) has passed$/, ([, day]) => _("%(day)s has passed: what has been cannot be changed.", { day })],
  [/^the class 'normal' is needed/, () => _("The class 'normal' is needed for everybody else.")],
  [/^this key is needed/, () => _("Please fill this in.")],
  [/^Input should be a valid (?:integer|number|string|date|time|datetime|dictionary)/, () => _("Please fill this in.")],
  [/greater than or equal to (\S+)/, ([, n]) => _("At least %(n)s.", { n })],
  [/less than or equal to (\S+)/, ([, n]) => _("At most %(n)s.", { n })],
  [/^String should match pattern '\^\[A-HJ-NPR-Z\]\$'/, () => _("One capital letter, but not I, O or Q.")],
  [/^String should match pattern/, () => _("Only letters, digits and - can stand here.")],
  [/^Input should be '/, () => _("Please choose.")],
  [/should have at least (\d+) item/, ([, n]) => _("At least %(n)s.", { n })],
]

/** The sentence for what is wrong. */
export function sentence(raw) {
  const bare = raw.replace(MEANING, "")
  for (const text of [bare, raw]) {
    for (const [known, say] of SAID) {
      const match = known.exec(text)
      if (match) return say(match)
    }
  }
  return bare
}

const tongue = (code) => ({ "zh-CN": "简体中文", "zh-Hant": "繁體中文", en: "English" })[code] ?? code
