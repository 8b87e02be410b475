/** Whether somebody can see the page: one that is hidden need not be kept live. */
class Visibility {
  isVisible: boolean = $state(document.visibilityState === 'visible')

  constructor() {
    document.addEventListener('visibilitychange', () => {
      this.isVisible = document.visibilityState === 'visible'
    })
  }
}

export const visibility: Visibility = new Visibility()
