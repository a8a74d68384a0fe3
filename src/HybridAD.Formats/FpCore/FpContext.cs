using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore;

/// <summary>The rounding context of an expression, from the properties of a core or of an annotation <c>(! …)</c>.</summary>
internal static class FpContext
{
    /// <summary>The format after properties, keyword and value in turn, have been applied to an outer one.</summary>
    /// <exception cref="UnsupportedCoreException">A precision or direction that there is no arithmetic for.</exception>
    public static NumberFormat Apply(NumberFormat outer, ReadOnlySpan<SExpression> properties)
    {
        var format = outer;
        for (var k = 0; k < properties.Length; k += 2)
        {
            if (!properties[k].IsKeyword || k + 1 == properties.Length)
                throw new UnsupportedCoreException(properties[k].Position, $"expected a property and its value, found '{properties[k].Shown}'");
            var value = properties[k + 1];
            if (value.IsKeyword)
                throw new UnsupportedCoreException(value.Position, $"expected a value of '{properties[k].Text}', found '{value.Text}'");
            if (properties[k].Text == ":precision")
                format = FormatOf(value) ?? throw new UnsupportedCoreException(value.Position,
                    $"precision '{value.Shown}' has no arithmetic here (there are {string.Join(", ", NumberFormat.All)})");
            else if (properties[k].Text == ":round" && !value.IsSymbol("nearestEven"))
                throw new UnsupportedCoreException(value.Position, $"rounding '{value.Shown}' has no arithmetic here (there is nearestEven)");
        }
        return format;
    }

    private static NumberFormat? FormatOf(SExpression value)
    {
        if (value.Kind == SExpressionKind.Symbol)
            return NumberFormat.All.FirstOrDefault(format => format.Name == value.Text);
        if (!value.IsCall("float") || value.Items is not [_, { Kind: SExpressionKind.Number } exponent, { Kind: SExpressionKind.Number } bits])
            return null;
        return NumberFormat.All.FirstOrDefault(format => exponent.Text == ExponentBits(format).ToString() && bits.Text == (ExponentBits(format) + format.Precision).ToString());
    }

    private static int ExponentBits(NumberFormat format) => 1 + int.Log2(format.MaxExponent + 1);
}
