/** What runs inside pages, as text: this program itself knows no documents. */

/** The sizes of all scripts that were loaded, in bytes, as they came over the network. */
export const loadedScripts = `performance.getEntriesByType('resource')
  .filter(({ name }) => name.endsWith('.js'))
  .map(({ encodedBodySize }) => encodedBodySize)`

/** Completes the first fulfilment of the board. Gives the time of the click. */
export const completeFirst = `(() => {
  const complete = [...document.querySelectorAll('button')].find((button) => button.textContent.includes('Complete'))
  const clicked = performance.timeOrigin + performance.now()
  complete.click()
  return clicked
})()`

/** Gives the time when the board shows that so many are to be made. */
export const showsToMake = (count: number): string => `new Promise((resolve) => {
  const look = () => {
    if (document.querySelector('#to-make .figures')?.textContent !== '${count}') return false
    observer.disconnect()
    resolve(performance.timeOrigin + performance.now())
    return true
  }
  const observer = new MutationObserver(look)
  if (!look()) observer.observe(document.body, { subtree: true, childList: true, characterData: true })
})`
