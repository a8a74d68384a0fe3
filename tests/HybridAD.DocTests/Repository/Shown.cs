namespace HybridAD.DocTests.Repository;

/// <summary>
/// Output that a page shows. With <c>HYBRIDAD_UPDATE_DOCS=1</c> in the environment, what no longer matches is written into the page instead of reported,
/// except where the page elides a part.
/// </summary>
public static class Shown
{
    private static readonly bool s_updating = Environment.GetEnvironmentVariable("HYBRIDAD_UPDATE_DOCS") == "1";

    /// <summary>Fails, or mends the page, where what a page shows does not match what happened.</summary>
    public static void Require(bool matches, string page, string shown, string actual, string message)
    {
        if (matches)
            return;
        var text = Checkout.Read(page);
        var start = text.IndexOf(shown, StringComparison.Ordinal);
        if (!s_updating || shown.Trim().Length == 0 || shown.Contains('…', StringComparison.Ordinal) || start < 0)
            Assert.Fail(message);
        File.WriteAllText(Path.Combine(Checkout.Root, page), $"{text[..start]}{actual.TrimEnd('\n')}{text[(start + shown.TrimEnd('\n').Length)..]}");
    }
}
