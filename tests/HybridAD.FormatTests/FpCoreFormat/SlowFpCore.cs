using System.Globalization;

namespace HybridAD.FormatTests.FpCoreFormat;

/// <summary>
/// FPCore evaluated the obvious way: straight from the text, recursively, with C#'s own double and float. Knows what the tests use, nothing of positions or errors.
/// </summary>
internal sealed class SlowFpCore
{
    private readonly object[] _core;

    public SlowFpCore(string text)
    {
        var tokens = new Queue<string>(text.Replace("(", " ( ").Replace(")", " ) ").Replace("[", " ( ").Replace("]", " ) ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        _core = (object[])Parse(tokens);
    }

    /// <summary>The results at a point: one, or those of an array.</summary>
    public double[] Evaluate(params double[] x)
    {
        var arguments = (object[])_core[1];
        var names = arguments.Zip(x).ToDictionary(pair => pair.First is object[] annotated ? (string)annotated[^1] : (string)pair.First, pair => (object)pair.Second);
        var isSingle = Array.IndexOf(_core, ":precision") is var at and >= 0 && (string)_core[at + 1] == "binary32";
        var result = Value(_core[^1], names, isSingle);
        return result is double[] elements ? elements : [(double)result];
    }

    private static object Parse(Queue<string> tokens)
    {
        var token = tokens.Dequeue();
        if (token != "(")
            return token;
        var items = new List<object>();
        while (tokens.Peek() != ")")
            items.Add(Parse(tokens));
        tokens.Dequeue();
        return items.ToArray();
    }

    private static object Value(object e, Dictionary<string, object> names, bool isSingle)
    {
        if (e is string atom)
            return names.TryGetValue(atom, out var value) ? value : atom switch { "TRUE" => true, "FALSE" => false, "PI" => Round(Math.PI, isSingle), _ => Literal(atom, isSingle) };
        var list = (object[])e;
        double Number(int k) => (double)Value(list[k], names, isSingle);
        bool Truth(int k) => (bool)Value(list[k], names, isSingle);
        var operands = list.Length - 1;
        switch ((string)list[0])
        {
            case "let" or "let*":
                var inner = new Dictionary<string, object>(names);
                foreach (var binding in ((object[])list[1]).Cast<object[]>())
                    inner[(string)binding[0]] = Value(binding[1], (string)list[0] == "let" ? names : inner, isSingle);
                return Value(list[2], inner, isSingle);
            case "while" or "while*":
                var bindings = ((object[])list[2]).Cast<object[]>().ToList();
                var state = new Dictionary<string, object>(names);
                foreach (var binding in bindings)
                    state[(string)binding[0]] = Value(binding[1], (string)list[0] == "while" ? names : state, isSingle);
                while ((bool)Value(list[1], state, isSingle))
                {
                    var next = new Dictionary<string, object>(state);
                    foreach (var binding in bindings)
                        next[(string)binding[0]] = Value(binding[2], (string)list[0] == "while" ? state : next, isSingle);
                    state = next;
                }
                return Value(list[3], state, isSingle);
            case "if":
                return Value(Truth(1) ? list[2] : list[3], names, isSingle);
            case "!":
                return Value(list[^1], names, Array.IndexOf(list, ":precision") is var at and >= 0 ? (string)list[at + 1] == "binary32" : isSingle);
            case "cast":
                return Round(Number(1), isSingle);
            case "array":
                return Enumerable.Range(1, operands).Select(Number).ToArray();
            case "and":
                return Enumerable.Range(1, operands).All(Truth);
            case "or":
                return Enumerable.Range(1, operands).Any(Truth);
            case "not":
                return !Truth(1);
            case "<":
                return Enumerable.Range(1, operands - 1).All(k => Number(k) < Number(k + 1));
            case "<=":
                return Enumerable.Range(1, operands - 1).All(k => Number(k) <= Number(k + 1));
            case ">":
                return Enumerable.Range(1, operands - 1).All(k => Number(k) > Number(k + 1));
            case ">=":
                return Enumerable.Range(1, operands - 1).All(k => Number(k) >= Number(k + 1));
            case "==":
                return Enumerable.Range(1, operands - 1).All(k => Number(k) == Number(k + 1));
            case "!=":
                return !Enumerable.Range(1, operands).Any(i => Enumerable.Range(i + 1, operands - i).Any(k => Number(i) == Number(k)));
            case "-" when operands == 1:
                return Round(-Number(1), isSingle);
            case "fabs":
                return Round(Math.Abs(Number(1)), isSingle);
            case "fmin":
                return Round(Math.Min(Number(1), Number(2)), isSingle);
            case "sqrt":
                return isSingle ? MathF.Sqrt((float)Number(1)) : Math.Sqrt(Number(1));
            case "sin":
                return Round(Math.Sin(Number(1)), isSingle);
            case "pow":
                return Round(Math.Pow(Number(1), Number(2)), isSingle);
        }
        var (a, b) = (Number(1), Number(2));
        // Operands of a binary32 operation are binary32 numbers in the programs of the tests, so that float arithmetic can be asked.
        return (string)list[0] switch
        {
            "+" => isSingle ? (float)a + (float)b : a + b,
            "-" => isSingle ? (float)a - (float)b : a - b,
            "*" => isSingle ? (float)a * (float)b : a * b,
            "/" => isSingle ? (float)a / (float)b : a / b,
            var other => throw new NotSupportedException(other),
        };
    }

    private static double Round(double value, bool isSingle) => isSingle ? (float)value : value;

    private static object Literal(string text, bool isSingle) =>
        text.Split('/') is [var p, var q] ? Round(double.Parse(p, CultureInfo.InvariantCulture) / double.Parse(q, CultureInfo.InvariantCulture), isSingle)
        : isSingle ? (double)float.Parse(text, CultureInfo.InvariantCulture) : double.Parse(text, CultureInfo.InvariantCulture);
}
