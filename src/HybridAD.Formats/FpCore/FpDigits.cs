namespace HybridAD.Formats.FpCore;

/// <summary>Numbers written as <c>(digits m e b)</c>, which is m · b^e.</summary>
internal static class FpDigits
{
    /// <summary>The number.</summary>
    /// <exception cref="UnsupportedCoreException">The operands are not three integers, or out of range.</exception>
    public static ExactNumber Of(SExpression source)
    {
        if (source.Items.Count != 4 || !source.Items.Skip(1).All(item => item.Kind == SExpressionKind.Number))
            throw new UnsupportedCoreException(source.Position, "'digits' needs three numbers: significand, exponent, base");
        var operands = source.Items.Skip(1).Select(ExactNumber.Of).ToArray();
        if (!Array.TrueForAll(operands, operand => operand.IsInteger))
            throw new UnsupportedCoreException(source.Position, $"'{source.Shown}' has operands that are no integers");
        return ExactNumber.OfDigits(operands[0], operands[1], operands[2])
            ?? throw new UnsupportedCoreException(source.Position, $"'{source.Shown}' is out of range: the exponent may be {-ExactNumber.MostDigits} to {ExactNumber.MostDigits}, the base 2 to {ExactNumber.MostDigits}");
    }
}
