// Sets the chosen theme before the first paint.
try {
  const theme = localStorage.getItem('turnlane.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is not allowed: use the theme of the system.
}
