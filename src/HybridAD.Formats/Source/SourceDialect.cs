using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using HybridAD.Numerics;

namespace HybridAD.Formats.Source;

/// <summary>How a language writes numbers, functions and names.</summary>
internal sealed class SourceDialect
{
    private static readonly FrozenDictionary<string, string> CSharpFunctions = new Dictionary<string, string>
    {
        ["sqrt"] = "Math.Sqrt", ["exp"] = "Math.Exp", ["log"] = "Math.Log", ["log2"] = "Math.Log2", ["log10"] = "Math.Log10", ["pow"] = "Math.Pow", ["hypot"] = "double.Hypot",
        ["sin"] = "Math.Sin", ["cos"] = "Math.Cos", ["tan"] = "Math.Tan", ["asin"] = "Math.Asin", ["acos"] = "Math.Acos", ["atan"] = "Math.Atan", ["atan2"] = "Math.Atan2",
        ["sinh"] = "Math.Sinh", ["cosh"] = "Math.Cosh", ["tanh"] = "Math.Tanh", ["asinh"] = "Math.Asinh", ["acosh"] = "Math.Acosh", ["atanh"] = "Math.Atanh",
        ["fabs"] = "Math.Abs", ["fmin"] = "Math.Min", ["fmax"] = "Math.Max", ["fma"] = "Math.FusedMultiplyAdd", ["copysign"] = "Math.CopySign",
        ["ceil"] = "Math.Ceiling", ["floor"] = "Math.Floor", ["trunc"] = "Math.Truncate", ["nearbyint"] = "Math.Round", ["sqrtf"] = "MathF.Sqrt",
        ["isnan"] = "double.IsNaN", ["isinf"] = "double.IsInfinity", ["isfinite"] = "double.IsFinite", ["signbit"] = "double.IsNegative",
        // The framework has none of these, or none that is accurate.
        ["cbrt"] = "HybridAD.Numerics.Accurate.Cbrt", ["expm1"] = "HybridAD.Numerics.Accurate.Expm1", ["log1p"] = "HybridAD.Numerics.Accurate.Log1p",
        ["erf"] = "HybridAD.Numerics.Accurate.Erf", ["erfc"] = "HybridAD.Numerics.Accurate.Erfc",
    }.ToFrozenDictionary();

    private static readonly FrozenSet<string> Reserved = (
        "abstract as auto base bool break byte case catch char checked class const continue decimal default delegate do double else enum event explicit extern false finally fixed float "
        + "for foreach goto if implicit in inline int interface internal is lock long namespace new null object operator out override params private protected public readonly ref register "
        + "restrict return sbyte sealed short signed sizeof stackalloc static string struct switch this throw true try typedef typeof uint ulong unchecked union unsafe unsigned ushort using "
        + "virtual void volatile while result main Math MathF HybridAD INFINITY NAN smaller_of larger_of fmodf round fmod fdim exp2 j0 j1 jn y0 y1 yn gamma lgamma tgamma " + string.Join(' ', CSharpFunctions.Keys))
        .Split(' ').ToFrozenSet();

    // Texts of several functions may be put together into one file.
    private static readonly (string Name, string Text)[] s_definitions =
    [
        ("smaller_of", """
            #ifndef HYBRIDAD_SMALLER_OF
            #define HYBRIDAD_SMALLER_OF
            /* NaN where a or b is, and -0 rather than 0. */
            static inline double smaller_of(double a, double b)
            {
                return a < b || a != a ? a : b < a || b != b ? b : signbit(a) ? a : b;
            }
            #endif


            """),
        ("larger_of", """
            #ifndef HYBRIDAD_LARGER_OF
            #define HYBRIDAD_LARGER_OF
            /* NaN where a or b is, and 0 rather than -0. */
            static inline double larger_of(double a, double b)
            {
                return a > b || a != a ? a : b > a || b != b ? b : signbit(a) ? b : a;
            }
            #endif


            """),
    ];

    private readonly HashSet<string> _taken = [];

    public SourceDialect(SourceLanguage language) => IsC = language == SourceLanguage.C;

    public bool IsC { get; }

    /// <summary>A loop without end.</summary>
    public string Forever => IsC ? "while (1)" : "while (true)";

    public string True => IsC ? "1" : "true";

    public string False => IsC ? "0" : "false";

    /// <summary>The type of a variable that is not written again.</summary>
    public string Declared => IsC ? "const double" : "double";

    /// <summary>The same for one that is rounded to <c>float</c>.</summary>
    public string DeclaredFloat => IsC ? "const float" : "float";

    /// <summary>The type of truth values.</summary>
    public string Truth => IsC ? "int" : "bool";

    /// <summary>A call of a function by its name in C.</summary>
    public string Call(string function, params ReadOnlySpan<string> arguments)
    {
        var list = string.Join(", ", arguments.ToArray());
        if (IsC)
            return $"{function}({list})";
        return function switch
        {
            "fmod" => $"({arguments[0]}) % ({arguments[1]})",
            "fdim" => $"Math.Max(({arguments[0]}) - ({arguments[1]}), 0.0)",
            "round" => $"Math.Round({list}, MidpointRounding.AwayFromZero)",
            _ => $"{CSharpFunctions[function]}({list})",
        };
    }

    /// <summary>The smaller of two numbers, NaN where one of them is: C's <c>fmin</c> is the other one then.</summary>
    public string Smaller(string a, string b) => IsC ? $"smaller_of({a}, {b})" : Call("fmin", a, b);

    /// <summary>The larger of two numbers, NaN where one of them is.</summary>
    public string Larger(string a, string b) => IsC ? $"larger_of({a}, {b})" : Call("fmax", a, b);

    /// <summary>The definitions that a text in C needs before it.</summary>
    public static string DefinitionsFor(string text) => string.Concat(s_definitions.Where(definition => text.Contains(definition.Name + "(", StringComparison.Ordinal)).Select(static definition => definition.Text));

    /// <summary>A literal, without loss.</summary>
    public string Number(double value, bool isFloat)
    {
        if (double.IsNaN(value))
            return IsC ? "NAN" : "double.NaN";
        if (double.IsInfinity(value))
            return (value < 0 ? "-" : "") + (IsC ? "INFINITY" : "double.PositiveInfinity");
        var digits = isFloat ? ((float)value).ToString("R", CultureInfo.InvariantCulture) : ShortestDecimal.Of(value);
        if (digits.AsSpan().IndexOfAny(".E") < 0)
            digits += ".0";
        return isFloat ? digits + "f" : digits;
    }

    /// <summary>A literal as an operand of any operation.</summary>
    public string Operand(double value)
    {
        var number = Number(value, isFloat: false);
        return number[0] == '-' ? $"({number})" : number;
    }

    /// <summary>A name that the language takes, is none of its own, and has not been given before.</summary>
    public string Name(string source)
    {
        var name = new StringBuilder();
        foreach (var letter in source)
            name.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
            name.Insert(0, 'v');
        var wanted = name.ToString();
        if (wanted.StartsWith("__", StringComparison.Ordinal))
            wanted = "v" + wanted;
        var unique = wanted;
        for (var k = 2; Reserved.Contains(unique) || !_taken.Add(unique); k++)
            unique = $"{wanted}_{k}";
        return unique;
    }
}
