// Sets the theme before anything is drawn, so that the page never flashes in the wrong one.
(() => {
  try {
    const theme = JSON.parse(localStorage.getItem("flinkbot.theme"));
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch { /* a browser that keeps nothing shows the system's theme */ }
})();
