// Runs before the first paint, so that a chosen theme doesn't flash in after the system's.
try {
  const theme = localStorage.getItem('turnlane.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Closed storage: the system's colours it is.
}
