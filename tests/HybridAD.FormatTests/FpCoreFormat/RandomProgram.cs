using System.Globalization;

namespace HybridAD.FormatTests.FpCoreFormat;

/// <summary>Writes random FPCore programs that are well formed: arithmetic, variables, branches and loops with a counter.</summary>
internal sealed class RandomProgram(Random random)
{
    private int _names;

    public string Write()
    {
        // In a single-precision program everything is single precision: float arithmetic is the twin.
        var precision = random.Next(3) == 0 ? "binary32" : "binary64";
        var body = random.Next(4) == 0
            ? $"(let* ([u {Number(3, ["x", "y"])}] [v {Number(3, ["x", "y", "u"])}]) (array u {Number(2, ["x", "y", "v"])} v))"
            : Number(5, ["x", "y"]);
        return $"(FPCore (x y) :precision {precision} {body})";
    }

    private string Number(int depth, string[] names)
    {
        if (depth == 0)
            return random.Next(3) > 0 ? names[random.Next(names.Length)] : Literal();
        string Sub() => Number(depth - 1, names);
        switch (random.Next(14))
        {
            case < 5:
                return $"({"+-*/+"[random.Next(5)]} {Sub()} {Sub()})";
            case 5:
                return $"(- {Sub()})";
            case 6:
                return $"({new[] { "sqrt", "fabs", "sin" }[random.Next(3)]} {Sub()})";
            case 7:
                return $"(pow {Sub()} {random.Next(4)})";
            case 8:
                var (a, b) = (Name(), Name());
                var isSequential = random.Next(2) == 0;
                return $"({(isSequential ? "let*" : "let")} ([{a} {Sub()}] [{b} {Number(depth - 1, isSequential ? [.. names, a] : names)}]) {Number(depth - 1, [.. names, a, b])})";
            case 9:
                return $"(if {Condition(depth - 1, names)} {Sub()} {Sub()})";
            case 10:
                var (s, t, i) = (Name(), Name(), Name());
                string[] inside = [.. names, s, t, i];
                return $"({(random.Next(2) == 0 ? "while" : "while*")} (< {i} {random.Next(4)}) ([{s} {Sub()} {Number(depth - 1, inside)}] [{t} {Literal()} {Number(depth - 1, inside)}] [{i} 0 (+ {i} 1)]) {Number(depth - 1, inside)})";
            case 11:
                return $"(fmin {Sub()} {Sub()})";
            case 12:
                return $"(cast {Sub()})";
            default:
                return Literal();
        }
    }

    private string Condition(int depth, string[] names)
    {
        string Sub() => Number(Math.Max(0, depth - 1), names);
        return random.Next(8) switch
        {
            0 => $"(and {Condition(Math.Max(0, depth - 1), names)} (< {Sub()} {Sub()}))",
            1 => $"(or (>= {Sub()} {Sub()}) (== {Sub()} {Sub()}))",
            2 => $"(not (<= {Sub()} {Sub()} {Sub()}))",
            3 => $"(!= {Sub()} {Sub()} {Sub()})",
            4 => $"(> {Sub()} {Sub()} {Sub()})",
            5 => random.Next(2) == 0 ? "TRUE" : "FALSE",
            _ => $"(< {Sub()} {Sub()})",
        };
    }

    private string Literal() => random.Next(5) switch
    {
        0 => random.Next(-3, 10).ToString(CultureInfo.InvariantCulture),
        1 => $"{random.Next(1, 9)}/{random.Next(1, 9)}",
        2 => "PI",
        3 => $".{random.Next(1, 999)}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{random.Next(1, 9)}.{random.Next(999)}e{random.Next(-2, 3)}"),
    };

    private string Name() => $"v{_names++}*-_";
}
