/** Asks before a page with unsaved changes is left for another page; the browser asks by itself when it is closed. */
export function confirmLeaving(dirty: boolean, navigation: { willUnload: boolean; cancel: () => void }): void {
  if (!dirty || navigation.willUnload) return;
  if (!confirm('This flow has unsaved changes. Leave without saving?')) navigation.cancel();
}
