using System.Collections.Frozen;
using HybridAD.Primitives;

namespace HybridAD.Formats.FpCore;

/// <summary>The operators of FPCore that are one primitive each.</summary>
internal static class FpOperators
{
    /// <summary>Operators by name: the primitive, and whether its result needs no rounding where the operands need none.</summary>
    public static FrozenDictionary<string, (Primitive Primitive, bool KeepsFormat)> Arithmetic { get; } = new Dictionary<string, (Primitive, bool)>
    {
        ["+"] = (Catalog.Add, false), ["-"] = (Catalog.Sub, false), ["*"] = (Catalog.Mul, false), ["/"] = (Catalog.Div, false),
        ["fma"] = (Catalog.FusedMultiplyAdd, false), ["sqrt"] = (Catalog.Sqrt, false), ["cbrt"] = (Catalog.Cbrt, false),
        ["exp"] = (Catalog.Exp, false), ["expm1"] = (Catalog.Expm1, false), ["log"] = (Catalog.Log, false), ["log1p"] = (Catalog.Log1p, false),
        ["log2"] = (Catalog.Log2, false), ["log10"] = (Catalog.Log10, false), ["pow"] = (Catalog.Pow, false), ["hypot"] = (Catalog.Hypot, false),
        ["sin"] = (Catalog.Sin, false), ["cos"] = (Catalog.Cos, false), ["tan"] = (Catalog.Tan, false),
        ["asin"] = (Catalog.Asin, false), ["acos"] = (Catalog.Acos, false), ["atan"] = (Catalog.Atan, false), ["atan2"] = (Catalog.Atan2, false),
        ["sinh"] = (Catalog.Sinh, false), ["cosh"] = (Catalog.Cosh, false), ["tanh"] = (Catalog.Tanh, false),
        ["asinh"] = (Catalog.Asinh, false), ["acosh"] = (Catalog.Acosh, false), ["atanh"] = (Catalog.Atanh, false),
        ["erf"] = (Catalog.Erf, false), ["erfc"] = (Catalog.Erfc, false),
        ["fabs"] = (Catalog.Abs, true), ["fmin"] = (Catalog.Min, true), ["fmax"] = (Catalog.Max, true), ["fmod"] = (Catalog.Remainder, true),
        ["ceil"] = (Catalog.Ceiling, true), ["floor"] = (Catalog.Floor, true), ["trunc"] = (Catalog.Truncate, true), ["nearbyint"] = (Catalog.RoundToEven, true),
    }.ToFrozenDictionary();

    /// <summary>Comparisons that hold between neighbours of a chain.</summary>
    public static FrozenDictionary<string, Primitive> Chains { get; } = new Dictionary<string, Primitive>
    {
        ["<"] = Catalog.Less, ["<="] = Catalog.LessOrEqual, [">"] = Catalog.Greater, [">="] = Catalog.GreaterOrEqual, ["=="] = Catalog.Equal,
    }.ToFrozenDictionary();

    /// <summary>Operators of FPCore 2.0 that no primitive computes.</summary>
    public static FrozenSet<string> Missing { get; } =
        new[] { "tgamma", "lgamma", "remainder", "for", "for*", "tensor", "tensor*", "dim", "size", "ref" }.ToFrozenSet();

    /// <summary>Number of operands of an arithmetic operator.</summary>
    public static int OperandCount(Primitive primitive) => primitive.Arity switch { Arity.Unary => 1, Arity.Binary => 2, _ => 3 };
}
