using System.Text;
using HybridAD.Formats.Nl;

namespace HybridAD.FormatTests.Nl;

/// <summary>Whole messages: file, place, segment, what was expected, what was found.</summary>
public class NlErrorTests
{
    private const string Header = "g3 1 1 0\n2 1 1\n1 1\n0 0\n2 2 2\n0 0\n0 0 0 0 0\n2 2\n0 0\n1 0 0 0 0\n";
    private const string Good = "V2 0 0\nv0\nC0\nv2\nO0 0\nv1\nr\n3\nb\n3\n3\nk1\n1\nJ0 2\n0 1\n1 1\nG0 2\n0 0\n1 1\n";

    [Fact]
    public void TheUndamagedFileIsRead() => Assert.Empty(Read(Header + Good).Warnings);

    [Theory]
    [InlineData("", "", "m.nl: line 1: the file is empty; an .nl file begins with 'g' (text) or 'b' (binary) [HAD3001]")]
    [InlineData("", "hello", "m.nl: line 1: expected an .nl file, which begins with 'g' (text) or 'b' (binary) and a digit, found 'hello' [HAD3001]")]
    [InlineData("", "g3 1 1 0\r1 1 0 0 0 0\r1 0\r", "m.nl: line 1: the lines of the file end with CR alone; give them LF or CR LF [HAD3002]")]
    [InlineData("", "g3\n1 1", "m.nl: line 2: expected ten header lines, the next one being line 2 (the numbers of variables, constraints and objectives), found the end of the file [HAD3002]")]
    [InlineData("", "g3\n1 1\n0 0\n", "m.nl: line 2: expected number 3 of header line 2 (the numbers of variables, constraints and objectives), found the end of the line [HAD3002]")]
    [InlineData("", "g3\n1 x 1\n0 0\n", "m.nl: line 2: expected number 2 of header line 2 (the numbers of variables, constraints and objectives), found 'x' [HAD3002]")]
    [InlineData("2 1 1\n", "2 1 1000000000000000000\n",
        "m.nl: line 2: number 3 of header line 2 (the numbers of variables, constraints and objectives) has 19 digits, which no file has room for [HAD3012]")]
    [InlineData("2 1 1\n", "1000000000000 1 1\n", "m.nl: line 2: the header promises 1000000000000 variables, more than a file of 138 bytes can hold [HAD3012]")]
    [InlineData("2 1 1\n", "0 1 1\n", "m.nl: line 2: expected at least 1 variable, found 0: there is nothing to differentiate [HAD3013]")]
    [InlineData("2 1 1\n", "2 0 1\n", "m.nl: line 3: header line 3 counts 1 nonlinear constraints and 1 nonlinear objectives, but line 2 counts only 0 and 1 in all [HAD3002]")]
    [InlineData("C0\nv2", "C0\no17\nv2", "m.nl: line 14 (segment C0): operator o17 is not defined by the .nl format [HAD3004]")]
    [InlineData("C0\nv2", "C0\no-1\nv2", "m.nl: line 14 (segment C0): operator o-1 is not defined by the .nl format [HAD3004]")]
    [InlineData("C0\nv2", "C0\nv3", "m.nl: line 14 (segment C0): variable 3 is out of range: the header counts 2 variables and 1 defined ones [HAD3005]")]
    [InlineData("V2 0 0\nv0", "V2 0 0\nv2", "m.nl: line 12 (segment V2): defined variable 2 is used before its segment V2 [HAD3006]")]
    [InlineData("V2 0 0\nv0\n", "", "m.nl: line 12 (segment C0): defined variable 2 is used before its segment V2 [HAD3006]")]
    [InlineData("V2 0 0", "V1 0 0", "m.nl: line 11 (segment V1): 1 is a variable; defined variables have the numbers 2 … 2 [HAD3005]")]
    [InlineData("C0\nv2\n", "C1\nv2\n", "m.nl: line 13 (segment C): index 1 is out of range: the header counts 1 constraints, so 0 … 0 [HAD3005]")]
    [InlineData("C0\nv2\n", "C0\nv2\nC0\nv2\n", "m.nl: line 15 (segment C0): this segment gives the expression of constraint 0 a second time [HAD3008]")]
    [InlineData("C0\nv2\n", "", "m.nl: line 28: expected segment C0 of 1 constraints, found the end of the file; the file may be cut off [HAD3007]")]
    [InlineData("O0 0\nv1\n", "", "m.nl: line 28: expected segment O0 of 1 objectives, found the end of the file; the file may be cut off [HAD3007]")]
    [InlineData("O0 0\n", "O0 2\n", "m.nl: line 15 (segment O0): the sense of an objective is 0 (minimise) or 1 (maximise), not 2 [HAD3010]")]
    [InlineData("r\n3\n", "", "m.nl: line 28: expected segment r, the bounds of 1 constraints, found the end of the file; the file may be cut off [HAD3007]")]
    [InlineData("r\n3\n", "r\n6 1\n", "m.nl: line 18 (segment r): expected the bounds of constraint 0 (of 1), which begin with 0 … 5, found '6' [HAD3010]")]
    [InlineData("r\n3\n", "r\n5 1 3\n", "m.nl: line 18 (segment r): variable 3 (counted from 1) is out of range: the header counts 2 variables [HAD3005]")]
    [InlineData("b\n3\n3\n", "", "m.nl: line 27: expected segment b, the bounds of 2 variables, found the end of the file; the file may be cut off [HAD3007]")]
    [InlineData("b\n3\n3\n", "b\n3\n", "m.nl: line 21 (segment b): expected the bounds of variable 1 (of 2), which begin with 0 … 5, found 'k1' [HAD3010]")]
    [InlineData("b\n3\n3\n", "b\n3\n3\n3\n", "m.nl: line 22: expected a segment (one of F S V C L O d x r b k K J G) or the end of the file, found '3' [HAD3010]")]
    [InlineData("b\n3\n3\n", "b\n3\n2 1,5\n", "m.nl: line 21 (segment b): expected a number with a decimal point (the file was written with decimal commas), found '1,5' [HAD3009]")]
    [InlineData("b\n3\n3\n", "b\n3\n2\n", "m.nl: line 21 (segment b): expected a number, found the end of the line [HAD3009]")]
    [InlineData("b\n3\n3\n", "b\n3\n2 1 2\n", "m.nl: line 21 (segment b): expected the end of the line, found '2' [HAD3010]")]
    [InlineData("J0 2\n0 1\n", "J0 2\n2 1\n", "m.nl: line 25 (segment J0): index 2 is out of range: the header counts 2 variables, so 0 … 1 [HAD3005]")]
    [InlineData("J0 2\n0 1\n", "J0 2\n0 one\n", "m.nl: line 25 (segment J0): expected a number, found 'one' [HAD3009]")]
    [InlineData("J0 2\n0 1\n1 1\n", "J0 2\n0 1\n1 1\nJ0 2\n0 1\n1 1\n", "m.nl: line 27 (segment J0): this segment gives the linear terms of this row a second time [HAD3008]")]
    [InlineData("J0 2\n0 1\n1 1\n", "", "m.nl: line 27: the column counts (segment k) promise 1 Jacobian nonzeros in all columns but the last, the J segments hold 0; the file may be cut off [HAD3007]")]
    [InlineData("k1\n1\nJ0 2\n0 1\n1 1\n", "", "m.nl: line 25: expected segment J0, found the end of the file: the header promises 2 Jacobian nonzeros, the J segments hold 0; the file may be cut off [HAD3007]")]
    [InlineData("G0 2\n0 0\n1 1\n", "", "m.nl: line 27: expected segment G0, found the end of the file: the header promises 2 gradient nonzeros, the G segments hold 0; the file may be cut off [HAD3007]")]
    [InlineData("G0 2\n0 0\n1 1\n", "G0 2\n0 0\n", "m.nl: line 29 (segment G0): expected an integer, found the end of the file [HAD3003]")]
    [InlineData("k1\n", "k2\n", "m.nl: line 22 (segment k): 2 column counts are announced; 2 variables need 1 [HAD3005]")]
    [InlineData("C0\nv2", "C0\no54\n0\nv2", "m.nl: line 15 (segment C0): operator o54 has 0 operands; it needs at least 1 [HAD3011]")]
    [InlineData("C0\nv2", "C0\no54\n9999\nv2", "m.nl: line 15 (segment C0): 9999 operands are announced but only 53 bytes of the file are left [HAD3003]")]
    [InlineData("C0\nv2", "C0\nf0 1\nv2", "m.nl: line 14 (segment C0): index 0 is out of range: the header counts no imported functions [HAD3005]")]
    [InlineData("C0\nv2", "C0\no2\nv2", "m.nl: line 16 (segment C0): expected an expression (one of n s l v o f h), found 'O0' [HAD3010]")]
    [InlineData("C0\nv2", "C0\nn1,5", "m.nl: line 14 (segment C0): expected a number with a decimal point (the file was written with decimal commas), found '1,5' [HAD3009]")]
    [InlineData("C0\nv2", "C0\ns40000", "m.nl: line 14 (segment C0): the constant s40000 does not fit into 16 bits [HAD3009]")]
    [InlineData("C0\nv2", "C0\no64\n2\nn1\nv0", "m.nl: line 17 (segment C0): expected breakpoint 1, a constant, found 'v0' [HAD3010]")]
    [InlineData("C0\nv2", "C0\no64\n2\nn1\nnnan\nn1\nv0", "m.nl: line 17 (segment C0): breakpoint 1 is not a number [HAD3010]")]
    [InlineData("C0\nv2", "C0\no64\n3\nn1\nn2\nn1\nn2\nn1\nv0", "m.nl: line 19 (segment C0): breakpoint 2 is not above the one before [HAD3010]")]
    [InlineData("C0\nv2", "C0\nh99999:abc", "m.nl: line 14 (segment C0): a string of 99999 characters is announced but 53 bytes are left [HAD3003]")]
    public void MessageIs(string replace, string by, string message)
    {
        var text = replace.Length == 0 ? by : (Header + Good).Replace(replace, by, StringComparison.Ordinal);
        Assert.Equal(message, Assert.Throws<NlFormatException>(() => Read(text)).Message);
    }

    [Fact]
    public void BinaryFilesGiveByteOffsets()
    {
        var data = NlModelTests.Model(NlEncoding.BinaryBigEndian).ToArray();
        var header = data.Length;
        for (var line = 0; line < 10; line++)
            header = line == 0 ? data.AsSpan().IndexOf((byte)'\n') + 1 : header + data.AsSpan(header).IndexOf((byte)'\n') + 1;
        Assert.Equal($"m.nl: byte offset {data.Length - 3} (segment G0): expected a real number, found the end of the file [HAD3003]",
            Assert.Throws<NlFormatException>(() => NlReader.Read(data.AsSpan(0, data.Length - 3), Named)).Message);
        data[header] = (byte)'Q';
        Assert.Equal($"m.nl: byte offset {header}: expected a segment (one of F S V C L O d x r b k K J G) or the end of the file, found 'Q' [HAD3010]",
            Assert.Throws<NlFormatException>(() => NlReader.Read(data, Named)).Message);
    }

    [Fact]
    public void ABinaryFileCopiedAsTextSaysSo()
    {
        var data = NlModelTests.Model(NlEncoding.BinaryLittleEndian).ToArray().SelectMany(b => b == 10 ? new byte[] { 13, 10 } : [b]).ToArray();
        data[^1] = 0;
        var error = Record.Exception(() => NlReader.Read(data.AsSpan(0, data.Length - 1), Named));
        Assert.EndsWith("(the header's lines end with CR LF: this binary file was copied in text mode; copy it again in binary mode) [HAD3003]", error?.Message, StringComparison.Ordinal);
    }

    private static NlReadOptions Named { get; } = new() { FileName = "m.nl" };

    private static NlModel Read(string text) => NlReader.Read(Encoding.UTF8.GetBytes(text), Named);
}
