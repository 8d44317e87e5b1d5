(function () {
  document.addEventListener("DOMContentLoaded", function () {
    var fold = document.querySelector(".fold");
    if (fold && innerWidth <= 640 && !("used" in fold.dataset)) fold.open = false;
  });
  if (parent === window) return;
  try {
    var theirs = parent.document.documentElement, ours = document.documentElement;
    var follow = function () {
      var found = theirs.className.match(/\b(dark|light)\b/);
      if (found) ours.dataset.theme = found[1];
    };
    follow();
    new MutationObserver(follow).observe(theirs, {attributes: true, attributeFilter: ["class"]});
  } catch (strangers) { /* framed by another site: the reader's own preference holds */ }
})();
