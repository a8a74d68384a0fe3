namespace HybridAD.Planning.Elimination;

/// <summary>
/// What is known of the number on an edge before evaluation: a constant, or a symbol with a fingerprint by which equal ones are recognised.
/// </summary>
/// <param name="Constant">The number, or NaN for a symbol.</param>
/// <param name="Print">The fingerprint, see <see cref="Fingerprint"/>.</param>
internal readonly record struct EdgeLabel(double Constant, ulong Print)
{
    public bool IsConstant => !double.IsNaN(Constant);

    public bool IsUnit => Constant is 1 or -1;

    public static EdgeLabel Of(double constant) => double.IsNaN(constant) ? Symbol(0x6e616eUL) : new(constant, Fingerprint.OfConstant(constant));

    public static EdgeLabel Symbol(ulong print) => new(double.NaN, print);

    public static EdgeLabel operator *(EdgeLabel a, EdgeLabel b) =>
        a.IsConstant && b.IsConstant ? Of(a.Constant * b.Constant)
        : a.IsUnit ? Symbol(a.Constant < 0 ? 0 - b.Print : b.Print)
        : b.IsUnit ? Symbol(b.Constant < 0 ? 0 - a.Print : a.Print)
        : Symbol(Fingerprint.Product(a.Print, b.Print));

    public static EdgeLabel operator +(EdgeLabel a, EdgeLabel b) =>
        a.IsConstant && b.IsConstant ? Of(a.Constant + b.Constant) : Symbol(a.Print + b.Print);
}
