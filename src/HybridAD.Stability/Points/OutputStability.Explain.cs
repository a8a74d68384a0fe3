using System.Globalization;
using System.Text;

namespace HybridAD.Stability;

/// <content>The result for a person.</content>
public sealed partial record OutputStability
{
    private const int BarLength = 10;
    private const int MostFlags = 5;

    /// <summary>The share from which a rewrite is worth a line.</summary>
    private const double WorthMending = 0.05;

    /// <summary>
    /// Significant decimal digits of the value that are true: −log₁₀ of bound / |value|, at least 0 and at most what the format holds (15.95 for binary64). Taken
    /// from the proven bound where there is one; NaN where first-order figures are flagged and nothing is proven, or the value is not finite. A value below the normal range
    /// counts as the smallest normal number: an underflow is as good as a value can be there. A 0 that is not exact has none.
    /// </summary>
    public double TrueDigits
    {
        get
        {
            var all = Format.Precision * Math.Log10(2);
            var bound = ProvenBound is { } proven ? proven
                : Flags.Any(flag => flag.Kind == FlagKind.FirstOrderInvalid) ? double.NaN : Bound;
            if (!double.IsFinite(Value) || !double.IsFinite(bound))
                return double.NaN;
            return bound == 0 ? all : Value == 0 ? 0 : Math.Clamp(-Math.Log10(bound / Math.Max(Math.Abs(Value), Math.ScaleB(1, Format.MinExponent))), 0, all);
        }
    }

    /// <summary>
    /// Some lines of text: the value with the digits that cannot be trusted in parentheses, the figures, the reasons not to believe them, and who is to blame: places of
    /// the source where they are known, else operations.
    /// </summary>
    /// <param name="name">What to call the output; null for <c>y0</c>, <c>y1</c> …</param>
    public string Explain(string? name = null)
    {
        var text = new StringBuilder();
        var digits = TrueDigits;
        Line(text, $"{name ?? $"y{Output}"} = {Marked(digits)}: {Trust(digits)}");
        Line(text, $"  error bound    {Short(Bound)}{Relative(Bound)}, first order");
        if (ProvenBound is { } proven)
            Line(text, $"  proven bound   {Short(proven)}{Relative(proven)}");
        Line(text, $"  estimate       {Estimate:+0.0e+0;-0.0e+0;0} of computed - exact");
        Line(text, $"  condition      {Short(Condition)}");
        foreach (var flag in Flags.Take(MostFlags))
            Line(text, $"  beware: {Warning(flag.Kind)}: {flag.Reason}");
        if (Flags.Length > MostFlags)
            Line(text, $"  beware: {Flags.Length - MostFlags:N0} more: {string.Join(", ", Flags.Skip(MostFlags).CountBy(flag => flag.Kind).Select(kind => $"{Warning(kind.Key)} ({kind.Value.ToString("N0", CultureInfo.InvariantCulture)})"))}");
        Blame(text);
        return text.ToString();
    }

    private static string Warning(FlagKind kind) => kind == FlagKind.FirstOrderInvalid ? "first-order figures may not hold" : "exact numbers might take another branch";

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Short(double value) => value == 0 ? "0" : value.ToString("0.0e+0", CultureInfo.InvariantCulture);

    private string Relative(double bound) =>
        Value != 0 && double.IsFinite(Value) && bound != 0 ? string.Create(CultureInfo.InvariantCulture, $" (relative {Short(bound / Math.Abs(Value))})") : "";

    private string Trust(double digits)
    {
        var all = (int)(Format.Precision * Math.Log10(2));
        return double.IsNaN(digits) ? "how many digits are true is not known"
            : Bound == 0 && (ProvenBound ?? 0) == 0 ? "exact, nothing is rounded on the way"
            : string.Create(CultureInfo.InvariantCulture, $"{(int)digits} of {all} digits are true");
    }

    /// <summary>The value with its untrue digits in parentheses.</summary>
    private string Marked(double digits)
    {
        var value = Format.Precision <= 24 ? ((float)Value).ToString("R", CultureInfo.InvariantCulture) : Value.ToString("R", CultureInfo.InvariantCulture);
        if (double.IsNaN(digits) || Value == 0 || Bound == 0)
            return value;
        var exponent = value.IndexOf('E', StringComparison.Ordinal);
        var end = exponent < 0 ? value.Length : exponent;
        var significant = 0;
        for (var k = 0; k < end; k++)
        {
            if (!char.IsAsciiDigit(value[k]) || (significant == 0 && value[k] == '0'))
                continue;
            if (significant++ == (int)digits)
                return $"{value[..k]}({value[k..end]}){value[end..]}";
        }
        return value;
    }

    private void Blame(StringBuilder text)
    {
        var rows = BySource.IsEmpty
            ? Worst.Select(culprit => (culprit.Share, culprit.Kind, culprit.Operation, Source: culprit.Source ?? $"node {culprit.Node}", culprit.Suggestion)).ToList()
            : BySource.Select(place => (place.Share, place.Kind, Operation: place.Operations == 1 ? place.Operation
                : string.Create(CultureInfo.InvariantCulture, $"{place.Operation} and {place.Operations - 1} more"), place.Source, place.Suggestion)).ToList();
        // Of a bound that is not a number nobody has a share.
        rows.RemoveAll(row => !(row.Share >= 0.0005));
        if (rows.Count == 0)
            return;
        var kinds = rows.Max(row => NameOf(row.Kind).Length);
        var operations = rows.Max(row => row.Operation.Length);
        text.Append("  to blame:\n");
        foreach (var (share, kind, operation, source, _) in rows)
            Line(text, $"  {share * 100,5:0.0} %  {Bar(share)}  {NameOf(kind).PadRight(kinds)}  {operation.PadRight(operations)}  {source}");
        foreach (var (source, suggestion) in rows.Where(row => row.Suggestion is not null && row.Share >= WorthMending).Select(row => (row.Source, row.Suggestion)).Distinct())
            Line(text, $"  try: {suggestion} ({source})");
    }

    private static string Bar(double share) => new string('#', (int)Math.Round(share * BarLength)).PadRight(BarLength, '.');

    private static string NameOf(CulpritKind kind) => kind == CulpritKind.IllConditioned ? "ill-conditioned" : kind.ToString().ToLowerInvariant();
}
