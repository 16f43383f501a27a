// Which licences may ship: they allow redistribution in a package under MIT, and ask for no more than their notice.
const MAY_SHIP = ['MIT', 'MIT-0', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD', 'Unlicense'];

// These ask for no notice, so a package under them may come without a text.
const WITHOUT_NOTICE = ['MIT-0', '0BSD', 'Unlicense'];

/** What a component says of its licence: SPDX ids, expressions, or names that nobody knows. */
export const licencesOf = ({ licenses = [] }) => licenses.map(({ license, expression }) => expression ?? license.id ?? license.name);

/** Texts of the licence files that were found beside the component. */
export const textsOf = ({ evidence }) => (evidence?.licenses ?? []).map(({ license: { text } }) =>
  Buffer.from(text.content, text.encoding ?? 'utf8').toString('utf8').trim());

/** Why a component must not ship; an expression is for a person to judge, who then adds it above. */
export function objection(component, sharedTexts) {
  const licences = licencesOf(component);
  if (licences.length === 0) {
    return 'names no licence';
  }
  const unknown = licences.filter((licence) => !MAY_SHIP.includes(licence));
  if (unknown.length > 0) {
    return `is under ${unknown.join(', ')}, which is not among ${MAY_SHIP.join(', ')}`;
  }
  const untold = licences.filter((licence) => !WITHOUT_NOTICE.includes(licence) && !sharedTexts.has(licence));
  return textsOf(component).length === 0 && untold.length > 0 ? `is under ${untold.join(', ')}, and has no file with its notice` : undefined;
}

/** Apache's text holds no name of an author: one copy of it serves all that came without. */
export const sharedTexts = (components) => new Set(components
  .filter((component) => textsOf(component).length > 0).flatMap(licencesOf).filter((licence) => licence === 'Apache-2.0'));
