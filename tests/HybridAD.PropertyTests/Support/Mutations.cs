using System.Text;

namespace HybridAD.PropertyTests.Support;

/// <summary>Damage to files, and a look at whether what was read from one can be used.</summary>
internal static class Mutations
{
    /// <summary>A few random edits: bytes changed, parts dropped or repeated, numbers and lists replaced by fragments of the format.</summary>
    public static byte[] Damage(byte[] data, Random random, string[] fragments)
    {
        var edited = data.ToList();
        for (var edits = random.Next(1, 4); edits > 0 && edited.Count > 1; edits--)
        {
            var at = random.Next(edited.Count);
            var length = random.Next(Math.Min(40, edited.Count - at));
            switch (random.Next(9))
            {
                case 0:
                    edited[at] = (byte)random.Next(256);
                    break;
                case 1:
                    edited.RemoveRange(at, length);
                    break;
                case 2:
                    edited.InsertRange(at, edited.GetRange(at, length));
                    break;
                case 3:
                    edited.RemoveRange(at, edited.Count - at);
                    break;
                case 4:
                    ReplaceToken(edited, at, fragments[random.Next(fragments.Length)]);
                    break;
                case 5 or 6 or 7:
                    ReplaceList(edited, at, fragments[random.Next(fragments.Length)]);
                    break;
                default:
                    edited.InsertRange(at, Encoding.UTF8.GetBytes(fragments[random.Next(fragments.Length)]));
                    break;
            }
        }
        return [.. edited];
    }

    /// <summary>Values and the Jacobian by two unlike modes; whatever the numbers are, nothing may be thrown.</summary>
    public static void UseEverything(TracedFunction f, double[] point)
    {
        f.Value(point);
        f.CompileJacobian(new JacobianPlannerOptions { Mode = JacobianMode.ForwardColored }).Evaluate(point);
        f.CompileJacobian().Evaluate(point);
    }

    /// <summary>Replaces the number or bracketed list around a position, so that the rest of the file stays well-formed.</summary>
    private static void ReplaceToken(List<byte> data, int at, string fragment)
    {
        var (start, end) = (at, at);
        while (start > 0 && !IsDelimiter(data[start - 1]))
            start--;
        while (end < data.Count && !IsDelimiter(data[end]))
            end++;
        data.RemoveRange(start, end - start);
        data.InsertRange(start, Encoding.UTF8.GetBytes(fragment));
    }

    /// <summary>Replaces the innermost bracketed list that starts before a position.</summary>
    private static void ReplaceList(List<byte> data, int at, string fragment)
    {
        var start = data.LastIndexOf((byte)'[', at);
        var end = start < 0 ? -1 : data.IndexOf((byte)']', start);
        if (end < 0)
            return;
        data.RemoveRange(start, end - start + 1);
        data.InsertRange(start, Encoding.UTF8.GetBytes(fragment));
    }

    private static bool IsDelimiter(byte letter) => letter is (byte)',' or (byte)'[' or (byte)']' or (byte)'{' or (byte)'}' or (byte)':' or (byte)' ' or (byte)'\n';
}
